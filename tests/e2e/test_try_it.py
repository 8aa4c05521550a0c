"""Predictions for own pictures in the browser: dropped, pasted, chosen, and many from a zip."""

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

from tests.e2e.axe import expect_no_faults
from tests.support.service.program import Program

pytestmark = pytest.mark.slow

IMAGES_PER_CLASS = 2
DISPATCH = """([name, type, content]) => {
  const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0))
  const transfer = new DataTransfer()
  transfer.items.add(new File([bytes], name, { type }))
  EVENT
}"""
DROP_EVENT = DISPATCH.replace(
    "EVENT", "dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, cancelable: true }))"
)
PASTE_EVENT = DISPATCH.replace(
    "EVENT", "document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData: transfer, bubbles: true }))"
)


@pytest.fixture
def run_page(page: Page, digits_run: str) -> Page:
    page.goto(f"/runs/{digits_run}#try")
    expect(page.get_by_role("heading", name="Try it")).to_be_visible()
    return page


def digits(board: Program) -> dict[str, bytes]:
    """Returns two test images of each class, in folders named after the classes."""
    items = board.get(f"/api/datasets/digits/images?split=test&limit={10 * IMAGES_PER_CLASS}")["items"]
    return {f"{item['class']}/{item['index']}.png": image(board, item["image"]) for item in items}


def image(board: Program, address: str) -> bytes:
    with urllib.request.urlopen(f"http://127.0.0.1:{board.port}{address}", timeout=10) as answer:
        content: bytes = answer.read()
    return content


def dispatch_file(page: Page, event: str, name: str, content: bytes, kind: str = "image/png") -> None:
    page.evaluate(event, [name, kind, base64.b64encode(content).decode()])


def top_classes(board: Program, digits_run: str, content: bytes) -> Any:
    return board.post(f"/api/runs/{digits_run}/predict", content, "image/png")["top"]


def test_dropped_image_shows_classes_and_network_input(run_page: Page, board: Program, digits_run: str) -> None:
    content = next(iter(digits(board).values()))
    first, second, *_ = top_classes(board, digits_run, content)

    dispatch_file(run_page, DROP_EVENT, "mine.png", content)

    answer = run_page.get_by_test_id("prediction")
    classes = answer.get_by_role("list", name="Most likely classes").get_by_role("listitem")
    expect(classes).to_have_count(5, timeout=30_000)
    expect(classes.nth(0)).to_contain_text(f"{first['class']}{first['probability'] * 100:.2f}%")
    expect(classes.nth(1)).to_contain_text(second["class"])
    expect(answer.get_by_role("img", name="Network input of mine.png")).to_be_visible()
    expect(answer.get_by_role("img", name="mine.png", exact=True)).to_be_visible()
    expect_no_faults(run_page)


def test_second_pasted_image_of_the_same_name_is_predicted(run_page: Page, board: Program, digits_run: str) -> None:
    zero, *_, nine = digits(board).values()
    for content in (zero, nine):
        dispatch_file(run_page, PASTE_EVENT, "image.png", content)

        classes = run_page.get_by_test_id("prediction").get_by_role("listitem")
        expect(classes.nth(0)).to_contain_text(top_classes(board, digits_run, content)[0]["class"], timeout=30_000)


def test_unreadable_image_shows_an_error(run_page: Page, tmp_path: Path) -> None:
    words = tmp_path / "notes.txt"
    words.write_text("these are words")

    run_page.get_by_label("Choose images").set_input_files(words)

    prediction = run_page.get_by_test_id("prediction")
    expect(prediction).to_contain_text("it is text, not an image", timeout=30_000)
    text = prediction.inner_text()
    assert text.count("it is text, not an image") == 1
    assert "No preview" in text
    assert "in this browser" not in text


def test_chosen_folder_keeps_file_names(run_page: Page, board: Program, tmp_path: Path) -> None:
    for name, content in list(digits(board).items())[:3]:
        path = tmp_path / "mine" / name
        path.parent.mkdir(parents=True)
        path.write_bytes(content)

    run_page.get_by_label("Choose a folder").set_input_files(tmp_path / "mine")

    predictions = run_page.get_by_test_id("prediction-list")
    expect(predictions).to_contain_text(re.compile(r"of 3 match their folder name"), timeout=30_000)
    predictions.get_by_role("button", name="Table", exact=True).click()
    expect(predictions.get_by_role("table").get_by_role("button", name="mine/0/")).to_be_visible()


def test_zip_is_predicted_and_downloaded_as_csv(
    run_page: Page, board: Program, digits_run: str, tmp_path: Path
) -> None:
    images = digits(board)
    answers = {name: top_classes(board, digits_run, content)[0] for name, content in images.items()}
    hits = sum(answer["class"] == name.partition("/")[0] for name, answer in answers.items())

    dispatch_file(run_page, DROP_EVENT, "digits.zip", zipped(images), "application/zip")

    predictions = run_page.get_by_test_id("prediction-list")
    expect(predictions).to_contain_text(f"{hits} of {len(images)} match their folder name", timeout=30_000)
    expect(predictions).to_contain_text(f"{len(images) + 1} images, 1 failed")
    expect(predictions).to_contain_text("Skipped, not an image: notes.txt")
    expect(predictions.get_by_role("list", name="Failed images")).to_contain_text("it is damaged or truncated")
    check_order_by_probability(run_page, {f"{name}": answer["probability"] for name, answer in answers.items()})
    rows = download_csv(run_page, tmp_path)
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


def check_order_by_probability(page: Page, probabilities: dict[str, float]) -> None:
    page.get_by_role("button", name="Table", exact=True).click()
    table = page.get_by_role("table", name="Predictions")
    first = table.get_by_role("row").nth(1)
    expect(first).to_contain_text(f"{min(probabilities.values()) * 100:.2f}%")
    table.get_by_role("button", name=re.compile("Probability")).click()
    expect(first).to_contain_text(f"{max(probabilities.values()) * 100:.2f}%")


def download_csv(page: Page, folder: Path) -> list[dict[str, str]]:
    with page.expect_download() as started:
        page.get_by_role("button", name="Download CSV").click()
    path = folder / "predictions.csv"
    started.value.save_as(path)
    assert started.value.suggested_filename == "digits-predictions.csv"
    return list(csv.DictReader(path.read_text().splitlines()))


def test_predictions_can_be_stopped_and_resumed(run_page: Page, board: Program) -> None:
    requests = itertools.count()

    def answer_three(route: Route) -> None:
        """Answers three requests and leaves the fourth pending."""
        if next(requests) < 3:
            route.continue_()

    run_page.route("**/predict", answer_three)
    dispatch_file(run_page, DROP_EVENT, "digits.zip", zipped(digits(board)), "application/zip")
    predictions = run_page.get_by_test_id("prediction-list")

    expect(predictions).to_contain_text("3 of 21", timeout=30_000)
    predictions.get_by_role("button", name="Stop").click()
    expect(predictions).to_contain_text("Stopped after 3 of 21")
    run_page.unroute("**/predict")
    predictions.get_by_role("button", name="Resume").click()

    expect(predictions).to_contain_text("21 images", timeout=30_000)
