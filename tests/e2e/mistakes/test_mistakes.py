"""What a run gets wrong, in the browser: a matrix of 43 classes, the page of a class, and slices."""

import numpy as np
import pytest
from playwright.sync_api import Page, Request, expect

from backend.db.engine import open_database
from backend.settings import Settings
from tests.support.runs.compared import StoredRuns
from tests.support.service.program import Program

pytestmark = pytest.mark.slow

CLASSES, IMAGES, EPOCHS = 43, 860, 3
ODD_NAME = '<b>"Stop"</b> \u202e' + "y" * 180
NAMES = [ODD_NAME, *(f"Sign {number}" for number in range(1, CLASSES))]
BEST = str(EPOCHS)
FIRST_ANALYSIS_MS = 20_000  # the service imports SciPy for it


@pytest.fixture(scope="module")
def run(board: Program) -> str:
    """A run that takes eight of twenty images of class 0 for class 7, and is wrong on each fifth image, a dark one."""
    labels = np.arange(IMAGES) % CLASSES
    place = np.arange(IMAGES) // CLASSES
    dark = place % 5 == 0
    images = np.repeat(np.where(dark, 5, 90 + place * 5).astype(np.uint8), 64).reshape(IMAGES, 8, 8, 1)
    last = np.where(dark, (labels + 1) % CLASSES, labels)
    last[(labels == 0) & (place % 2 == 1) & ~dark] = 7
    first = (labels + 1) % CLASSES
    database = open_database(Settings(data_dir=board.data_dir))
    try:
        runs = StoredRuns(database, board.data_dir)
        runs.dataset("signs", labels.tolist(), NAMES, images)
        metrics = [{"loss": 1.0, "accuracy": 0.5, "val_loss": 1.0, "val_accuracy": 0.5, "seconds": 1.0}] * EPOCHS
        return runs.run([first, last, last], metrics, name="signs", dataset={"name": "signs"})
    finally:
        database.engine.dispose()


def test_a_pair_of_a_large_matrix_opens_its_images_and_its_class(page: Page, run: str) -> None:
    page.goto(f"/runs/{run}")
    matrix = page.get_by_test_id("matrix")
    expect(matrix).to_have_attribute("data-epoch", BEST)
    tree = "Boxes are groups of classes that are confused with each other"
    expect(matrix).to_contain_text(tree, timeout=FIRST_ANALYSIS_MS)

    pair = page.get_by_test_id("confused-pairs").get_by_role("button").first
    expect(pair).to_contain_text("8 of 20")
    pair.click()
    samples = page.get_by_test_id("samples")
    expect(samples.get_by_role("img")).to_have_count(8)
    expect(matrix).to_contain_text("are taken for Sign 7")

    samples.get_by_role("link", name="Page of <b>").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(ODD_NAME)
    expect(page.get_by_test_id("stats")).to_contain_text("20")
    assert page.locator("h1 b").count() == 0


def test_the_images_of_a_cell_in_the_address_come_with_the_matrix(page: Page, run: str) -> None:
    requests: list[str] = []

    def listener(request: Request) -> None:
        requests.append(request.url.partition("?")[0].rpartition("/")[2])

    page.on("request", listener)
    page.goto(f"/runs/{run}?true=Sign%201&predicted=Sign%202")
    samples = page.get_by_test_id("samples")
    expect(samples.get_by_role("img")).to_have_count(4, timeout=FIRST_ANALYSIS_MS)
    expect(page.get_by_test_id("weak-slices")).to_be_visible()
    page.remove_listener("request", listener)
    assert [requests.count(name) for name in ("mistakes", "samples")] == [1, 0]


def test_the_slider_goes_through_the_epochs_and_the_search_finds_a_class(page: Page, run: str) -> None:
    page.goto(f"/runs/{run}")
    matrix = page.get_by_test_id("matrix")
    expect(matrix).to_have_attribute("data-epoch", BEST)
    page.get_by_role("button", name="Play the epochs").click()  # from the last epoch it begins again
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    expect(matrix).to_have_attribute("data-epoch", BEST)
    expect(page.get_by_role("button", name="Play the epochs")).to_be_visible()

    page.get_by_role("combobox", name="Find a class").fill("sign 12")
    page.get_by_role("combobox", name="Find a class").press("Enter")
    expect(page.get_by_role("heading", name="Sign 12 predicted as another class")).to_be_visible()
    page.get_by_role("application").press("ArrowRight")
    page.get_by_role("application").press("Enter")
    assert "predicted=" in page.url


def test_a_weak_slice_is_named_and_opens_its_images(page: Page, run: str) -> None:
    page.goto(f"/runs/{run}/trust")
    slices = page.get_by_test_id("slices")
    slices.get_by_role("link", name="Very dark images").click(timeout=FIRST_ANALYSIS_MS)

    expect(page.get_by_role("heading", name="Very dark images: mistakes")).to_be_visible()
    weak = page.get_by_test_id("weak-slices").get_by_role("button", name="Very dark images")
    expect(weak).to_have_attribute("aria-pressed", "true")


@pytest.mark.parametrize("path", ["", "/classes/0", "/trust"])
def test_nothing_is_wider_than_a_phone(page: Page, run: str, path: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"/runs/{run}{path}")
    expect(page.locator(".skeleton")).to_have_count(0, timeout=FIRST_ANALYSIS_MS)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
