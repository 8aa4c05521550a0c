"""A phone of 390 pixels, and names as long as the board allows: nothing may be wider than the page."""

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.support.files.zips import pets, zipped
from tests.support.service.program import Program, slow_spec, tiny_spec
from tests.support.service.suspended import KILL, held_in_training

pytestmark = pytest.mark.slow

PHONE = ViewportSize(width=390, height=844)
LAPTOP = ViewportSize(width=1440, height=900)
DATASET = "D" * 64
CLASSES = ("L" * 100, "صورة قطة " * 10 + "ة", "🐈" * 20)
WIDTHS = "[document.documentElement.scrollWidth, innerWidth]"


@pytest.fixture(scope="module")
def runs(board: Program) -> Iterator[dict[str, str]]:
    """An ended run, a copy in training and a queued one, with names, tags and notes that are hard to lay out."""
    add_dataset(board)
    spec = {**tiny_spec(), "dataset": {"name": DATASET}}
    long = {"tags": ["T" * 64, "two words"], "notes": "N" * 500 + "\n" + "a line of notes\n" * 20}
    ended = board.launch(spec=spec, name="W" * 120, **long)
    board.ended(ended)
    names = {"training": "تجربة تدريب " * 9, "queued": "🚀" * 120}
    with held_in_training(board, spec=slow_spec(5000), name=names["training"], cloned_from=ended, **long) as training:
        queued = board.launch(spec=spec, name=names["queued"], cloned_from=ended)
        yield {"ended": ended, "training": training, "queued": queued}
        board.post(f"/api/runs/{queued}/stop", KILL)


def add_dataset(board: Program) -> None:
    pictures = list(pets().values())
    images = {f"{label}/{place}.png": pictures.pop() for label in CLASSES for place in range(4)}
    board.post(f"/api/datasets?name={DATASET}", zipped(images), "application/zip")
    board.wait(lambda: board.get(f"/api/datasets/{DATASET}")["status"] == "ready", 30, "the dataset")


def test_long_names_are_never_wider_than_a_phone(page: Page, runs: dict[str, str]) -> None:
    page.set_viewport_size(PHONE)
    label = quote(CLASSES[0])
    run = f"/runs/{runs['ended']}"
    paths = ["/", "/runs", "/workers", "/datasets", f"/datasets/{DATASET}?class={label}", f"/{'nowhere' * 20}"]
    paths += [f"/new?dataset={DATASET}", f"/new?run={runs['ended']}", *(f"/runs/{run_id}" for run_id in runs.values())]
    paths += [f"{run}?true={label}&predicted={quote(CLASSES[1])}", f"{run}?true={label}"]

    widths = {path: width_of(page, path) for path in paths}

    assert {path: width for path, (width, allowed) in widths.items() if width > allowed} == {}


def width_of(page: Page, path: str) -> tuple[int, int]:
    page.goto(path)
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator("main .skeleton")).to_have_count(0)
    width, allowed = page.evaluate(WIDTHS)
    return width, allowed


def test_dialog_that_deletes_a_run_holds_its_long_name(page: Page, runs: dict[str, str]) -> None:
    page.set_viewport_size(PHONE)
    page.goto(f"/runs/{runs['ended']}")

    page.get_by_role("button", name="Delete", exact=True).click()

    dialog = page.get_by_role("dialog", name="Delete run?")
    expect(dialog.get_by_role("button", name="Delete run")).to_be_visible()
    assert dialog.evaluate("node => node.scrollWidth <= node.clientWidth")


def test_curves_of_a_run_with_long_notes_fit_a_laptop_without_scrolling(page: Page, runs: dict[str, str]) -> None:
    page.set_viewport_size(LAPTOP)
    page.goto(f"/runs/{runs['ended']}")

    chart = page.get_by_test_id("chart-loss")
    expect(chart).to_be_visible()
    bounds = chart.bounding_box()

    assert bounds is not None
    assert bounds["y"] + bounds["height"] <= LAPTOP["height"]


def test_try_it_is_a_low_zone_until_an_image_is_chosen(page: Page, runs: dict[str, str]) -> None:
    page.set_viewport_size(PHONE)
    page.goto(f"/runs/{runs['ended']}")
    section = page.get_by_test_id("predict")
    expect(section.get_by_text("Choose images")).to_be_visible()
    bounds = section.bounding_box()

    assert bounds is not None
    assert bounds["height"] <= 220
    expect(page.get_by_test_id("prediction")).to_have_count(0)


def test_unknown_address_names_the_pages_that_exist(page: Page) -> None:
    page.goto("/nowhere/at/all")

    expect(page.get_by_role("heading", name="Page not found")).to_be_visible()
    links = page.get_by_role("main").get_by_role("link")
    assert [link.get_attribute("href") for link in links.all()] == ["/", "/new", "/datasets", "/workers"]


def test_runs_are_also_at_their_own_address(page: Page, runs: dict[str, str]) -> None:
    page.goto("/runs")

    expect(page.get_by_role("heading", name="Runs", exact=True)).to_be_visible()
    rows = page.get_by_test_id("run-row")
    expect(rows.first).to_be_visible()
    assert {row.get_attribute("data-run") for row in rows.all()} >= set(runs.values())
