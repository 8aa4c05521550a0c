"""Pictures of one's own shown to a finished run in the browser: dropped, pasted, chosen, many of them from a zip."""

import base64
import csv
import io
import itertools
import re
import urllib.request
import zipfile
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.support.program import Program

pytestmark = pytest.mark.slow

EACH = 2
DROP = """([name, type, content]) => {
  const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0))
  const transfer = new DataTransfer()
  transfer.items.add(new File([bytes], name, { type }))
  EVENT
}"""
DROPPED = DROP.replace("EVENT", "dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, cancelable: true }))")
PASTED = DROP.replace(
    "EVENT", "document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData: transfer, bubbles: true }))"
)


@pytest.fixture(scope="module")
def run_id(board: Program) -> str:
    run_id = board.launch(recipe="digits-quick")
    board.ended(run_id)
    return run_id


@pytest.fixture
def tried(page: Page, run_id: str) -> Page:
    page.goto(f"/runs/{run_id}#try")
    expect(page.get_by_role("heading", name="Try it")).to_be_visible()
    return page


def digits(board: Program) -> dict[str, bytes]:
    """Two test images of each class, in a folder with its name."""
    items = board.get(f"/api/datasets/digits/images?split=test&limit={10 * EACH}")["items"]
    return {f"{item['class']}/{item['index']}.png": image(board, item["image"]) for item in items}


def image(board: Program, address: str) -> bytes:
    with urllib.request.urlopen(f"http://127.0.0.1:{board.port}{address}", timeout=10) as answer:
        content: bytes = answer.read()
    return content


def give(page: Page, how: str, name: str, content: bytes, kind: str = "image/png") -> None:
    page.evaluate(how, [name, kind, base64.b64encode(content).decode()])


def asked(board: Program, run_id: str, content: bytes) -> Any:
    return board.post(f"/api/runs/{run_id}/predict", content, "image/png")["top"]


def test_a_dropped_image_is_answered_with_what_the_network_saw(tried: Page, board: Program, run_id: str) -> None:
    content = next(iter(digits(board).values()))
    first, second, *_ = asked(board, run_id, content)

    give(tried, DROPPED, "mine.png", content)

    answer = tried.get_by_test_id("try-answer")
    likeliest = answer.get_by_role("list", name="Likeliest classes").get_by_role("listitem")
    expect(likeliest).to_have_count(5, timeout=30_000)
    expect(likeliest.nth(0)).to_contain_text(f"{first['class']}{first['probability'] * 100:.2f}%")
    expect(likeliest.nth(1)).to_contain_text(second["class"])
    expect(answer.get_by_role("img", name="What the network saw of mine.png")).to_be_visible()
    expect(answer.get_by_role("img", name="mine.png", exact=True)).to_be_visible()


def test_a_pasted_image_and_another_of_the_same_name(tried: Page, board: Program, run_id: str) -> None:
    zero, *_, nine = digits(board).values()
    for content in (zero, nine):
        give(tried, PASTED, "image.png", content)

        likeliest = tried.get_by_test_id("try-answer").get_by_role("listitem")
        expect(likeliest.nth(0)).to_contain_text(asked(board, run_id, content)[0]["class"], timeout=30_000)


def test_what_is_no_image_is_told_in_its_place(tried: Page, tmp_path: Path) -> None:
    words = tmp_path / "notes.txt"
    words.write_text("these are words")

    tried.get_by_label("Choose images").set_input_files(words)

    expect(tried.get_by_test_id("try-answer")).to_contain_text("it is not a readable image", timeout=30_000)


def test_a_chosen_folder_keeps_its_names(tried: Page, board: Program, tmp_path: Path) -> None:
    for name, content in list(digits(board).items())[:3]:
        path = tmp_path / "mine" / name
        path.parent.mkdir(parents=True)
        path.write_bytes(content)

    tried.get_by_label("Choose a folder").set_input_files(tmp_path / "mine")

    many = tried.get_by_test_id("try-many")
    expect(many).to_contain_text(re.compile(r"of 3 agree with the name of their folder"), timeout=30_000)
    many.get_by_role("button", name="Table", exact=True).click()
    expect(many.get_by_role("table").get_by_role("button", name="mine/0/")).to_be_visible()


def test_a_zip_is_answered_image_by_image_and_goes_home_as_csv(
    tried: Page, board: Program, run_id: str, tmp_path: Path
) -> None:
    images = digits(board)
    answers = {name: asked(board, run_id, content)[0] for name, content in images.items()}
    hits = sum(answer["class"] == name.partition("/")[0] for name, answer in answers.items())

    give(tried, DROPPED, "digits.zip", zipped(images), "application/zip")

    many = tried.get_by_test_id("try-many")
    expect(many).to_contain_text(f"{hits} of {len(images)} agree with the name of their folder", timeout=30_000)
    expect(many).to_contain_text(f"{len(images) + 1} pictures, 1 of them could not be answered")
    expect(many).to_contain_text("Left out, no image: notes.txt")
    expect(many.get_by_role("list", name="Without an answer")).to_contain_text("it is damaged or truncated")
    sorted_both_ways(tried, {f"{name}": answer["probability"] for name, answer in answers.items()})
    rows = downloaded(tried, tmp_path)
    assert {row["file"]: row["class"] for row in rows if not row["error"]} == {
        name: answer["class"] for name, answer in answers.items()
    }
    assert [row["file"] for row in rows if row["error"]] == ["9/broken.png"]


def zipped(images: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    broken = next(iter(images.values()))[:60]
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {**images, "9/broken.png": broken, "notes.txt": b"", "__MACOSX/9/._x.png": b""}.items():
            archive.writestr(name, content)
    return file.getvalue()


def sorted_both_ways(page: Page, probabilities: dict[str, float]) -> None:
    page.get_by_role("button", name="Table", exact=True).click()
    table = page.get_by_role("table", name="Pictures")
    first = table.get_by_role("row").nth(1)
    expect(first).to_contain_text(f"{min(probabilities.values()) * 100:.2f}%")
    table.get_by_role("button", name=re.compile("Probability")).click()
    expect(first).to_contain_text(f"{max(probabilities.values()) * 100:.2f}%")


def downloaded(page: Page, folder: Path) -> list[dict[str, str]]:
    with page.expect_download() as started:
        page.get_by_role("button", name="Download CSV").click()
    path = folder / "predictions.csv"
    started.value.save_as(path)
    assert started.value.suggested_filename == "digits-quick-predictions.csv"
    return list(csv.DictReader(path.read_text().splitlines()))


def test_many_can_be_stopped_and_gone_on_with(tried: Page, board: Program) -> None:
    numbers = itertools.count()

    def some(route: Route) -> None:
        """The fourth is never answered."""
        if next(numbers) < 3:
            route.continue_()

    tried.route("**/predict", some)
    give(tried, DROPPED, "digits.zip", zipped(digits(board)), "application/zip")
    many = tried.get_by_test_id("try-many")

    expect(many).to_contain_text("3 of 21", timeout=30_000)
    many.get_by_role("button", name="Stop").click()
    expect(many).to_contain_text("Stopped after 3 of 21")
    tried.unroute("**/predict")
    many.get_by_role("button", name="Go on").click()

    expect(many).to_contain_text("21 pictures", timeout=30_000)
