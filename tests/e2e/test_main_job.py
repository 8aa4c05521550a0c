"""The main workflow in the browser: from the form to a downloaded model with the reported accuracy."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.support.service.program import Program, slow_spec

pytestmark = pytest.mark.slow

EPOCHS = 45
MATRIX = "matrix"
SAMPLES = "samples"

# Runs in a new Python process without this project.
EVALUATE = """
import sys, keras, numpy
model = keras.models.load_model(sys.argv[1])
images = numpy.load(sys.argv[2])
labels = numpy.load(sys.argv[3])
predicted = model.predict(images.astype("float32") / 255.0, verbose=0).argmax(axis=1)
print((predicted == labels).mean())
"""

BOX_IS_AT_AN_EDGE = """(chart) => {
  const placeOf = (part) => chart.querySelector(part).getBoundingClientRect()
  const [box, plot] = [placeOf('.hoverlayer > .legend'), placeOf('.nsewdrag')]
  return Math.min(Math.abs(box.top - plot.top), Math.abs(box.bottom - plot.bottom)) < 3
}"""


def test_first_visit_starts_a_run_with_one_click(page: Page, board: Program) -> None:
    page.goto("/")

    expect(page.get_by_role("heading", name="Train your first model")).to_be_visible()
    page.get_by_test_id("recipe-digits-quick").get_by_role("button", name="Train now").click()

    expect(page).to_have_url(re.compile(r"/runs/[0-9a-f]+"))
    expect(page.get_by_test_id("chart-loss")).not_to_have_attribute("data-points", "0", timeout=15_000)
    board.post(f"/api/runs/{page.url.rpartition('/')[2]}/stop", b'{"mode": "kill"}')


def test_field_error_disables_launch(page: Page) -> None:
    page.goto("/new?recipe=digits-quick")
    open_section(page, "Training")
    field = page.get_by_test_id("field-epochs")

    field.get_by_role("textbox").fill("0")

    expect(field).to_contain_text("0")
    expect(field.get_by_role("textbox")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_role("button", name="Launch")).to_be_disabled()


def test_an_open_section_stays_open_when_the_recipes_are_read_again(page: Page) -> None:
    """The page reads them when it opens and again when its stream does: here that response is late."""
    requests: list[Route] = []

    def hold(route: Route) -> None:
        requests.append(route)

    page.route("**/api/recipes", hold)
    page.goto("/new?recipe=digits-quick")
    expect(page.get_by_role("heading", name="New run")).to_be_visible()
    page.evaluate("['freeze', 'resume'].forEach((kind) => document.dispatchEvent(new Event(kind)))")
    for _ in range(200):
        if len(requests) > 1:
            break
        page.wait_for_timeout(50)

    requests[0].continue_()
    open_section(page, "Name and tags")
    with page.expect_response("**/api/recipes"):
        for late in requests[1:]:
            late.continue_()
    page.wait_for_timeout(300)

    expect(page.get_by_label("Name", exact=True)).to_be_visible()


def test_downloaded_model_has_the_reported_accuracy(page: Page, board: Program, tmp_path: Path) -> None:
    run_id = launch_from_the_form(page)
    watch_the_curve_gain_points(page)
    board.ended(run_id, seconds=120)
    expect(page.get_by_text("Finished", exact=True).first).to_be_visible()

    check_mistakes(page, board, run_id)
    model = download(page, tmp_path)

    assert accuracy_in_a_fresh_python(model, board) == pytest.approx(best_accuracy(board, run_id), abs=1e-6)


def test_reopened_page_shows_every_epoch_once(page: Page, board: Program) -> None:
    run_id = board.launch(spec=slow_spec(30))
    page.goto(f"/runs/{run_id}")
    chart = page.get_by_test_id("chart-loss")
    expect(chart).not_to_have_attribute("data-points", "0", timeout=60_000)

    page.goto("/workers")
    epochs = board.ended(run_id)["epochs"]
    page.goto(f"/runs/{run_id}")

    expect(chart).to_have_attribute("data-points", str(epochs))
    expect(chart.get_by_text("training 0.", exact=False)).to_be_visible()  # drawn before Plotly is loaded
    chart.locator(".plot").hover()
    expect(chart.locator(".hoverlayer").get_by_text("validation", exact=False)).to_be_visible()
    assert chart.evaluate(BOX_IS_AT_AN_EDGE), "the box covers the curve"


def test_enter_twice_deletes_no_run_and_restores_the_focus(page: Page, board: Program, digits_run: str) -> None:
    page.goto(f"/runs/{digits_run}")
    delete = page.get_by_role("button", name="Delete", exact=True)

    delete.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Cancel")).to_be_focused()
    page.keyboard.press("Enter")

    expect(delete).to_be_focused()
    assert board.run(digits_run)["status"] == "finished"


def launch_from_the_form(page: Page) -> str:
    page.goto("/new?recipe=digits-quick")
    open_section(page, "Name and tags")
    page.get_by_label("Name", exact=True).fill("digits, longer")
    open_section(page, "Training")
    page.get_by_test_id("field-epochs").get_by_role("textbox").fill(str(EPOCHS))
    page.get_by_role("button", name="Launch").click()
    expect(page).to_have_url(re.compile(r"/runs/[0-9a-f]+"))
    expect(page.get_by_role("heading", name="digits, longer")).to_be_visible()
    return page.url.rpartition("/")[2]


def watch_the_curve_gain_points(page: Page) -> None:
    """Checks that points are added without a reload, with a property of the page's window."""
    page.evaluate("window.notReloaded = true")
    chart = page.get_by_test_id("chart-loss")
    expect(chart).not_to_have_attribute("data-points", "0", timeout=60_000)
    first = int(chart.get_attribute("data-points") or 0)

    page.wait_for_function(
        "first => Number(document.querySelector('[data-testid=chart-loss]').dataset.points) > first + 3", arg=first
    )

    assert page.evaluate("window.notReloaded") is True


def check_mistakes(page: Page, board: Program, run_id: str) -> None:
    matrix = board.get(f"/api/runs/{run_id}/confusion-matrix")
    true, predicted, count = most_frequent_mistake(matrix)
    page.get_by_test_id(MATRIX).get_by_role(
        "button", name=f"{count} of true {true} predicted {predicted}", exact=True
    ).click()

    samples = page.get_by_test_id(SAMPLES)
    expect(samples.get_by_role("img")).to_have_count(count)
    expect(samples).to_contain_text(f"{true}")
    assert f"true={true}" in page.url
    page.get_by_role("button", name="By true class").click()
    expect(page.get_by_role("button", name="By true class")).to_have_attribute("aria-pressed", "true")
    samples.get_by_role("button", name="All mistakes").click()
    wrong = board.get(f"/api/runs/{run_id}/samples?limit=1")["total"]
    expect(samples).to_contain_text(f"of {wrong}")


def most_frequent_mistake(matrix: Any) -> tuple[str, str, int]:
    mistakes = [
        (count, true, predicted)
        for true, row in enumerate(matrix["matrix"])
        for predicted, count in enumerate(row)
        if true != predicted
    ]
    count, true, predicted = max(mistakes)
    return matrix["classes"][true], matrix["classes"][predicted], count


def download(page: Page, folder: Path) -> Path:
    with page.expect_download() as started:
        page.get_by_role("link", name="best.keras").click()
    path = folder / "best.keras"
    started.value.save_as(path)
    return path


def accuracy_in_a_fresh_python(model: Path, board: Program) -> float:
    manifests = board.data_dir.glob("datasets/*/manifest.json")
    (folder,) = [path.parent for path in manifests if json.loads(path.read_text())["name"] == "digits"]
    arguments = [str(model), str(folder / "test-images.npy"), str(folder / "test-labels.npy")]
    done = subprocess.run(
        [sys.executable, "-c", EVALUATE, *arguments], capture_output=True, text=True, cwd=model.parent, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return float(done.stdout.split()[-1])


def best_accuracy(board: Program, run_id: str) -> float:
    return float(board.run(run_id)["best"]["metrics"]["val_accuracy"])


def open_section(page: Page, title: str) -> None:
    page.locator("summary", has_text=title).click()


def test_a_form_says_that_it_keeps_what_was_changed(page: Page) -> None:
    page.goto("/new?recipe=digits-quick")
    kept = page.get_by_text("Your changes from before are kept.")
    open_section(page, "Training")
    page.get_by_label("Epochs", exact=True).fill("7")
    expect(kept).to_be_hidden()
    page.reload()

    expect(kept).to_be_visible()
    page.get_by_role("button", name="Discard changes").click()

    expect(kept).to_be_hidden()
    expect(page.locator("summary", has_text="Training")).to_contain_text("40 epochs")
