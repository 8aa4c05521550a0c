"""webapp.zip of a finished run: made, proved in Chromium, and opened from a plain file server."""

import base64
import dataclasses
import functools
import http.server
import json
import os
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from backend.datasets.images import encode_png
from backend.db.engine import open_database
from backend.db.models import Export
from backend.settings import Settings
from tests.e2e.axe import expect_no_faults
from tests.support.service.program import Program
from worker.exports.export_request import ExportRequest, request_for
from worker.exports.webapp_proof import PREDICT

pytestmark = pytest.mark.slow

HOSTILE = "<img src=x onerror=document.title='run'>&amp; \"'</script>"


@dataclasses.dataclass(frozen=True)
class Webapp:
    """What the exporter printed, and the address and folder of the unpacked zip."""

    request: ExportRequest
    result: dict[str, Any]
    address: str
    folder: Path


@pytest.fixture(scope="module")
def webapp(board: Program, digits_run: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Webapp]:
    folder = tmp_path_factory.mktemp("webapp")
    request = export_request(board, digits_run, folder / "webapp.zip")
    result = export(request)
    with zipfile.ZipFile(folder / "webapp.zip") as archive:
        archive.extractall(folder / "page")
    with file_server(folder / "page") as address:
        yield Webapp(request, result, address, folder / "page")


def export_request(board: Program, run_id: str, out: Path) -> ExportRequest:
    database = open_database(Settings(data_dir=board.data_dir))
    with database.read() as session:
        request = request_for(session, board.data_dir, Export(run_id=run_id, kind="webapp"), out)
    database.engine.dispose()
    return request


def export(request: ExportRequest, **environment: str) -> Any:
    """Runs the exporter as a job does, whose temporary files have longer paths than a socket may have."""
    chromium = {"EPOCHBOARD_CHROMIUM": os.environ.get("CHROMIUM", "")}
    temporary = Path(request.out).parent.with_name("a-job" * 20)
    temporary.mkdir(exist_ok=True)
    process = subprocess.run(
        [sys.executable, "-m", "worker.exports.exporter"],
        input=request.as_json() + "\n",
        capture_output=True,
        text=True,
        timeout=240,
        env={**os.environ, **chromium, "TMPDIR": str(temporary), **environment},
    )
    return json.loads(process.stdout.splitlines()[-1])


@contextmanager
def file_server(folder: Path) -> Iterator[str]:
    """What `python -m http.server` runs, which sends no headers that let a page use several threads."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_arguments: object) -> None:
            """Prints nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=folder))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def tab(browser: Browser, webapp: Webapp) -> Iterator[Page]:
    """A tab that fails the test when its page asks for anything but its own files, logs an error, or raises."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, permissions=["camera"])
    tab = context.new_page()
    errors: list[str] = []
    tab.on("pageerror", lambda error: errors.append(f"raised: {error}"))
    tab.on("console", lambda message: errors.extend([message.text] if message.type == "error" else []))
    tab.on("request", lambda request: errors.extend(foreign(request.url, webapp.address)))
    yield tab
    context.close()
    assert errors == []


def foreign(address: str, own: str) -> list[str]:
    return [] if address.startswith((own, "data:", f"blob:{own}")) else [f"requested {address}"]


def stored(webapp: Webapp) -> tuple[list[bytes], Any]:
    """Returns validation images as PNG, and the probabilities that were stored in training."""
    images, probabilities = webapp.request.samples()
    return [encode_png(images, index) for index in range(len(images))], probabilities


def test_export_is_proved_in_chromium(webapp: Webapp) -> None:
    assert webapp.result["proof"].startswith("32 images in Chromium ")
    assert webapp.result["prediction_ms"] < 1_000
    assert {path.name for path in webapp.folder.iterdir()} == {
        *("index.html", "app.js", "app.css", "model.js", "runtime.js", "LICENSES.txt", "README.txt", "SHA256SUMS")
    }


def test_page_predicts_stored_images_from_a_plain_file_server(tab: Page, webapp: Webapp) -> None:
    images, probabilities = stored(webapp)
    tab.goto(webapp.address)

    answers = tab.evaluate(f"(images) => {PREDICT}(images)", [base64.b64encode(image).decode() for image in images])

    assert np.abs(np.array([answer["probabilities"] for answer in answers]) - probabilities).max() < 1e-4


def test_chosen_image_shows_its_class(tab: Page, webapp: Webapp) -> None:
    images, probabilities = stored(webapp)
    tab.goto(webapp.address)
    expect(tab.get_by_role("heading", name=webapp.request.name)).to_be_visible()

    tab.get_by_label("Choose an image").set_input_files(
        {"name": "mine.png", "mimeType": "image/png", "buffer": images[0]}
    )

    first = tab.get_by_role("list", name="Probabilities").get_by_role("listitem").nth(0)
    expect(first).to_contain_text(f"{int(probabilities[0].argmax())}{float(probabilities[0].max()) * 100:.0f}%")
    expect(tab.get_by_role("img", name="mine.png")).to_be_visible()
    expect(tab.get_by_text("What the network gets: 8 × 8 pixels.")).to_be_visible()
    expect_no_faults(tab)


def test_camera_is_predicted_until_it_is_stopped(tab: Page, webapp: Webapp) -> None:
    tab.goto(webapp.address)

    tab.get_by_role("button", name="Use the camera").click()

    expect(tab.get_by_role("list", name="Probabilities").get_by_role("listitem")).to_have_count(5)
    tab.get_by_role("button", name="Stop the camera").click()
    expect(tab.get_by_text("Drop an image here")).to_be_visible()


def test_camera_that_is_refused_says_what_to_do(tab: Page, webapp: Webapp) -> None:
    tab.context.clear_permissions()
    tab.goto(webapp.address)

    tab.get_by_role("button", name="Use the camera").click()

    expect(tab.get_by_role("alert")).to_contain_text("The camera was refused. Allow it beside the address")


def test_unreadable_file_says_what_browsers_read(tab: Page, webapp: Webapp) -> None:
    tab.goto(webapp.address)

    tab.get_by_label("Choose an image").set_input_files(
        {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"these are words"}
    )

    expect(tab.get_by_role("alert")).to_contain_text("notes.txt: This browser can’t read it as an image.")


def test_hostile_names_are_text_and_an_unsure_model_says_so(tab: Page, webapp: Webapp) -> None:
    model = json.loads((webapp.folder / "model.js").read_text().removeprefix("self.epochboardModel = "))
    hostile = {**model, "name": HOSTILE, "classes": [HOSTILE] * 10, "threshold": 1.0}
    tab.route("**/model.js", lambda route: route.fulfill(body=f"self.epochboardModel = {json.dumps(hostile)}"))
    tab.goto(webapp.address)

    tab.get_by_label("Choose an image").set_input_files(
        {"name": "mine.png", "mimeType": "image/png", "buffer": stored(webapp)[0][0]}
    )

    expect(tab.get_by_text("Not sure")).to_be_visible()
    expect(tab.get_by_role("listitem").nth(0)).to_contain_text(HOSTILE)
    expect(tab).to_have_title(HOSTILE)


def test_without_a_browser_nothing_is_offered(webapp: Webapp, tmp_path: Path) -> None:
    request = dataclasses.replace(webapp.request, out=str(tmp_path / "webapp.zip"))

    result = export(request, EPOCHBOARD_CHROMIUM="/nowhere/chromium")

    assert "there is none at /nowhere/chromium" in result["error"]
    assert list(tmp_path.iterdir()) == []
