"""The whole program with its built page, and a Chromium that opens it."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from backend.settings import Settings
from tests.support.fake_camera import write_video
from tests.support.program import Program

# Statuses that the page explains to its user (conflict, invalid, busy). Browsers log each of them as an error.
EXPLAINED_STATUSES = (409, 422, 503)


@pytest.fixture(scope="package")  # an idle program takes processor time from the tests after it
def board(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """A program without runs, shared by the browser tests."""
    page = str(Settings().frontend_dir)
    settings = {"EPOCHBOARD_FRONTEND_DIR": page, "EPOCHBOARD_PREFORK": "true"}
    with Program(tmp_path_factory.mktemp("board"), **settings).running() as running:
        yield running


@pytest.fixture(scope="package")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A Chromium with a fake camera, which a test's page may use once its context grants that."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        video = write_video(tmp_path_factory.mktemp("camera") / "mug-and-bottle.y4m")
        camera = ["--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={video}"]
        args = ["--no-sandbox", "--disable-gpu", *camera]
        browser = playwright.chromium.launch(executable_path=chromium, args=args)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, board: Program) -> Iterator[Page]:
    """A page that fails the test when it requests another origin, logs an error, or raises."""
    origin = f"http://127.0.0.1:{board.port}"
    context = browser.new_context(base_url=origin, viewport={"width": 1440, "height": 900}, accept_downloads=True)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(f"raised: {error}"))
    page.on("request", lambda request: errors.extend(_foreign_origin(request.url, origin)))
    page.on("console", lambda message: errors.extend(_unexplained_error(message)))
    yield page
    context.close()
    assert errors == []


def _unexplained_error(message: ConsoleMessage) -> list[str]:
    is_explained = any(f"status of {status} " in message.text for status in EXPLAINED_STATUSES)
    return [message.text] if message.type == "error" and not is_explained else []


def _foreign_origin(url: str, origin: str) -> list[str]:
    return [] if url.startswith((origin, "data:", "blob:")) else [f"requested another origin: {url}"]
