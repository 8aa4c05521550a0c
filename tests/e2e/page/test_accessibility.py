"""axe finds no fault on any page, light and dark, wide and narrow.

`test_try_it.py` has a page with a prediction, `test_compare.py` those that compare, `test_api_page.py` that of the API.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.axe import expect_no_faults
from tests.support.files.zips import pets, zipped
from tests.support.service.program import Program, slow_spec, tiny_spec
from tests.support.service.suspended import KILL, held_in_training

pytestmark = pytest.mark.slow

NAN_SPEC: dict[str, Any] = {
    "dataset": {"name": "digits", "train_limit": 200},
    "preprocessing": {"scaling": "none"},
    "model": {"preset": "strided_cnn", "options": {"padding": "same"}},
    "optimizer": {"name": "sgd", "learning_rate": 10.0},
}


@pytest.fixture(scope="module")
def runs(board: Program) -> dict[str, str]:
    """Returns the id of a finished, a failed and a stopped run, by status, beside an uploaded dataset."""
    board.post("/api/datasets?name=pets", zipped(pets()), "application/zip")
    finished = board.launch(spec=tiny_spec(), tags=["a tag"], notes="Some notes")
    failed, stopped = board.launch(spec=NAN_SPEC), board.launch(spec=tiny_spec())
    board.post(f"/api/runs/{stopped}/stop", KILL)
    board.ended(failed)
    return {"finished": finished, "failed": failed, "stopped": stopped}


@pytest.fixture
def training(board: Program) -> Iterator[str]:
    with held_in_training(board, spec=slow_spec(9000)) as run_id:
        yield run_id


@pytest.mark.parametrize(
    "path",
    ["/", "/datasets", "/new-dataset", "/new-dataset/camera", "/datasets/pets", "/studies", "/workers", "/nowhere"],
)
@pytest.mark.usefixtures("runs")
def test_a_page(page: Page, path: str) -> None:
    open_page(page, path)
    expect_no_faults(page)


@pytest.mark.parametrize("status", ["failed", "stopped"])
def test_a_run_without_a_model(page: Page, runs: dict[str, str], status: str) -> None:
    open_page(page, f"/runs/{runs[status]}")
    expect_no_faults(page)


def test_a_run_in_training(page: Page, training: str) -> None:
    open_page(page, f"/runs/{training}")
    expect_no_faults(page)


def test_the_first_visit(page: Page) -> None:
    def answer_nothing(route: Route) -> None:
        route.fulfill(json={"items": [], "next_cursor": None, "total": 0})

    page.route("**/api/runs?*", answer_nothing)
    open_page(page, "/")
    expect(page.get_by_role("heading", name="Train your first model")).to_be_visible()
    expect_no_faults(page)


def test_the_form_with_open_sections_and_a_wrong_value(page: Page) -> None:
    open_page(page, "/new?recipe=cifar-augmented")
    for summary in page.locator("summary").all():
        summary.click()
    page.get_by_test_id("field-epochs").get_by_role("textbox").fill("0")
    expect(page.get_by_role("button", name="Launch")).to_be_disabled()
    expect_no_faults(page)


def test_layers_as_rows_with_keys(page: Page) -> None:
    open_page(page, "/new?recipe=digits-quick")
    page.get_by_test_id("section-Model").locator("summary").click()
    page.get_by_role("button", name="Edit as layers").click()
    layers, output = page.get_by_test_id("layer"), page.get_by_role("button", name="5 Dense 10 · softmax")

    page.get_by_role("button", name="3 Flatten").focus()
    page.keyboard.press("Delete")
    expect(page.get_by_test_id("layers")).to_contain_text("Gives 2×2×10 instead of 10 probabilities")
    page.get_by_role("button", name="Undo").press("Enter")
    expect(page.get_by_role("button", name="3 Flatten")).to_be_focused()
    page.keyboard.press("Alt+ArrowUp")
    expect(layers.nth(1)).to_contain_text("Flatten")
    page.keyboard.press("Alt+ArrowDown")
    expect(output).to_contain_text("1,290")
    output.press("Enter")
    layers.nth(4).get_by_label("units").fill("9")
    expect(layers.nth(4)).to_contain_text("10 classes")
    expect_no_faults(page)


def test_a_chosen_row_of_the_matrix_and_a_dialog(page: Page, runs: dict[str, str]) -> None:
    open_page(page, f"/runs/{runs['finished']}")
    choose_the_row_of_class_3_with_keys(page)
    expect_no_faults(page)

    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_role("dialog")).to_be_visible()
    expect_no_faults(page)


def test_the_focus_follows_to_another_page(page: Page) -> None:
    open_page(page, "/nowhere")
    page.get_by_role("link", name="Workers").first.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()


def choose_the_row_of_class_3_with_keys(page: Page) -> None:
    """The matrix is one stop of the Tab key; arrow keys move from its first cell."""
    row = page.get_by_test_id("matrix").get_by_role("button", name="Predictions for 3")
    expect(row).to_be_attached()
    page.get_by_role("slider", name="Epoch").focus()
    for key in ("Tab", "ArrowLeft", "ArrowDown", "ArrowDown", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    expect(row).to_be_focused()
    expect(row).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Tab")
    beside = page.get_by_role("group", name="Beside the matrix")
    expect(beside.get_by_role("button", name="Images", exact=True)).to_be_focused()


def open_page(page: Page, path: str) -> None:
    """Opens a page and waits until it has read everything."""
    page.goto(path)
    expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=20_000)
    if path.startswith("/runs/"):  # what is below the curves comes after them
        expect(page.get_by_role("heading", name="Log", exact=True)).to_be_attached(timeout=20_000)
    expect(page.locator(".skeleton")).to_have_count(0, timeout=20_000)
