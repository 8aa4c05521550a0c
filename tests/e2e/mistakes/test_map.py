"""The map of a run's images: drawn, lassoed, colored; its images lead to their stories. And the robustness table."""

from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from backend.db.engine import open_database
from backend.settings import Settings
from tests.e2e.axe import expect_no_faults
from tests.support.runs.compared import StoredRuns
from tests.support.runs.evaluations import store_map, store_robustness
from tests.support.service.program import Program

pytestmark = pytest.mark.slow

LABELS = [0, 1, 2] * 10


@pytest.fixture(scope="module")
def run(board: Program) -> Iterator[str]:
    """A finished run on 30 images of three classes, wrong about the first bag, with a map and a robustness test."""
    database = open_database(Settings(data_dir=board.data_dir))
    stored = StoredRuns(database, board.data_dir)
    stored.dataset("shoes-and-bags", LABELS)
    run_id = stored.run([0, 0, 2, *LABELS[3:]], dataset={"name": "shoes-and-bags"})
    store_map(database, board.data_dir, run_id, np.random.default_rng(0).uniform(-1, 1, (30, 2)))
    store_robustness(database, board.data_dir, run_id, images=30)
    yield run_id
    database.engine.dispose()


def drag_around(page: Page, canvas: Locator) -> None:
    box = canvas.bounding_box()
    assert box is not None
    corners = [(2, 2), (box["width"] - 2, 2), (box["width"] - 2, box["height"] - 2), (2, box["height"] - 2)]
    page.mouse.move(box["x"] + 2, box["y"] + 2)
    page.mouse.down()
    for x, y in corners:
        page.mouse.move(box["x"] + x, box["y"] + y)
    page.mouse.up()


def test_images_of_a_lasso_or_a_class_are_listed_and_lead_to_their_stories(page: Page, run: str) -> None:
    page.goto(f"/runs/{run}")
    page.get_by_role("navigation", name="This run").get_by_role("link", name="Map").click()
    canvas, chosen = page.locator("canvas[data-drawn='30']"), page.get_by_test_id("chosen")
    canvas.wait_for()

    drag_around(page, canvas)
    expect(chosen.get_by_role("heading")).to_have_text("30 images, 29 right")
    first = chosen.get_by_role("listitem").first.get_by_role("link")
    expect(first).to_have_attribute("href", f"/runs/{run}/images/validation/1")

    page.get_by_role("button", name="bag 10").press("Enter")
    expect(chosen.get_by_role("heading")).to_have_text("10 images, 9 right")

    expect_no_faults(page)
    page.get_by_role("button", name="Right or wrong").click()
    page.get_by_role("button", name="Wrong 1").click()
    expect(chosen.get_by_role("heading")).to_have_text("1 image, 0 right")
    assert page.url.endswith("/map?by=right")
    chosen.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("bag")


def test_the_map_and_the_robustness_table_fit_a_phone(page: Page, run: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    for path, content in (("map", "canvas[data-drawn]"), ("trust", "[data-testid=robustness]")):
        page.goto(f"/runs/{run}/{path}")
        page.locator(content).wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
    expect(page.get_by_test_id("robustness").get_by_role("row", name="Rotation")).to_contain_text("40.0")
