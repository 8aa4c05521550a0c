"""The table of runs in a browser."""

import re

import pytest
from playwright.sync_api import Page, expect

from backend.db.engine import open_database
from backend.settings import Settings
from tests.e2e.axe import NARROW, expect_no_faults
from tests.e2e.table.places import bottom, top
from tests.support.runs.stored_runs import write_runs
from tests.support.service.program import Program, tiny_spec

pytestmark = pytest.mark.slow


def test_a_run_takes_one_line_and_other_curves_name_their_metric(page: Page, board: Program) -> None:
    other = board.launch(spec={**tiny_spec(), "callbacks": {"checkpoint": {"monitor": "val_accuracy"}}})
    board.ended(other)
    long_name = "a name that says in many words what was tried in this run, and why, and what came of it at last"
    for name in (long_name, "short"):
        stopped = board.launch(spec=tiny_spec(), name=name, tags=["a tag", "another tag"])
        board.post(f"/api/runs/{stopped}/stop", b'{"mode": "kill"}')

    page.goto("/")

    expect(page.locator(f"[data-run='{other}'] .curve")).to_contain_text("val_accuracy")
    expect(page.locator("th", has_text="Validation loss")).to_be_visible()
    expect(page.locator("th", has_text="Launched")).to_be_visible()
    expect(page.get_by_test_id("time-zone")).to_have_count(1)
    heights = page.get_by_test_id("run-row").evaluate_all("rows => rows.map(row => row.offsetHeight)")
    assert max(heights) <= 40


@pytest.mark.usefixtures("stored")
def test_keys_move_select_open_and_search(page: Page) -> None:
    # Seeded runs have no predictions, which every finished run has.
    page.route(re.compile(r"/mistakes\?"), lambda route: route.fulfill(status=409, json={}))
    page.goto("/?q=seeded")
    expect(page.get_by_test_id("run-row").first).to_be_visible()

    for key in ("j", "j", "k", "x", "j", "j", "Shift+X"):
        page.keyboard.press(key)
    expect(page.get_by_role("region", name="Selected runs")).to_contain_text("3 selected")
    expect(page.get_by_role("link", name="seeded 237")).to_be_focused()

    page.keyboard.press("/")
    search = page.get_by_role("searchbox", name="Search")
    expect(search).to_be_focused()
    search.fill("seeded 11")
    page.keyboard.press("j")
    expect(search).to_have_value("seeded 11j")
    page.keyboard.press("Backspace")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_contain_text("select up to here")
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("run-row").first).to_contain_text("seeded 119")
    search.fill("no such run")
    expect(page.get_by_text("No runs match")).to_be_visible()
    search.fill("")
    expect(page.get_by_test_id("run-row").first).to_be_visible()
    expect(search).to_be_focused()
    search.fill("seeded 11")
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("run-row").first).to_contain_text("seeded 119")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="seeded 119")).to_be_visible()
    expect(page.get_by_role("heading", name="Files", exact=True)).to_be_visible()  # the last part


@pytest.mark.usefixtures("stored")
def test_another_order_and_another_search_begin_at_the_top(page: Page) -> None:
    page.goto("/?q=seeded")
    rows = page.get_by_test_id("run-row")
    _scroll_down(page)
    page.get_by_role("button", name="Val. accuracy at best").click()
    expect(rows.first).to_contain_text("seeded 0")
    expect(rows.first).to_be_in_viewport()

    _scroll_down(page)
    page.get_by_role("searchbox", name="Search").fill("seeded 1")
    expect(rows.first).to_contain_text("seeded 10")
    expect(rows.first).to_be_in_viewport()


@pytest.mark.usefixtures("stored")
def test_columns_are_chosen_moved_and_resized_in_the_address(page: Page) -> None:
    page.goto("/?q=seeded&columns=status,seed")
    heads = page.get_by_role("columnheader")
    expect(heads.nth(3)).to_contain_text("Seed")

    page.get_by_role("button", name="Columns").click()
    chooser = page.get_by_role("dialog", name="Columns")
    chooser.get_by_role("searchbox").fill("learning")
    chooser.get_by_role("checkbox", name="Learning rate", exact=True).click()
    page.keyboard.press("Escape")
    heads.nth(4).get_by_role("button").press("Shift+ArrowLeft")
    heads.nth(3).get_by_role("separator").press("ArrowRight")

    expect(heads.nth(3)).to_contain_text("Learning rate")
    expect(page).to_have_url("/?q=seeded&columns=status%2Coptimizer.learning_rate%3A140%2Cseed")


@pytest.mark.usefixtures("stored")
def test_a_view_with_a_field_that_no_longer_exists_opens_and_says_so(page: Page) -> None:
    page.goto("/?q=seeded&sort=-optimizer.gone&columns=status,optimizer.gone&where=optimizer.gone>1")

    expect(page.get_by_text("No run has the field optimizer.gone any more")).to_be_visible()
    expect(page.get_by_test_id("run-row").first).to_contain_text("seeded 239")
    page.get_by_role("button", name="Remove from the view").click()
    expect(page).to_have_url("/?q=seeded&columns=status")


@pytest.mark.usefixtures("stored")
def test_on_a_phone_runs_are_cards_of_two_lines(page: Page) -> None:
    page.set_viewport_size(NARROW)
    page.goto("/?q=seeded&sort=-best.val_accuracy")

    card = page.get_by_test_id("run-row").first
    expect(card).to_contain_text("seeded 0")
    expect(card).to_contain_text("89.90%")
    card.get_by_role("checkbox").click()
    bar = page.get_by_role("region", name="Selected runs")
    expect(bar).to_be_visible()
    assert 60 <= card.evaluate("card => card.offsetHeight") <= 80
    assert bottom(page.locator(".page")) <= top(bar), "the bar covers no card"
    assert bottom(bar) <= top(page.get_by_role("navigation", name="Main")), "the bar is above the navigation"
    assert page.evaluate("document.documentElement.scrollWidth") == NARROW["width"]
    expect_no_faults(page)


def _scroll_down(page: Page) -> None:
    first = page.get_by_test_id("run-row").first
    expect(first).to_have_attribute("data-index", "0")
    page.locator(".pane").evaluate("pane => pane.scrollTo(0, 4000)")
    expect(first).not_to_have_attribute("data-index", "0")


GROUP = "a name of a group whose last word differs: one"
FITS = "title => title.scrollWidth <= title.clientWidth && title.scrollHeight <= title.clientHeight"


def test_on_a_phone_a_group_shows_the_end_of_its_title(page: Page, board: Program) -> None:
    database = open_database(Settings(data_dir=board.data_dir))
    ids = write_runs(database, {"name": GROUP}, {"name": GROUP.replace("one", "two")})
    page.set_viewport_size(NARROW)
    page.goto("/?q=a+name+of+a+group&group=name")

    title = page.get_by_test_id("group-row").locator("b", has_text=GROUP)
    expect(title).to_be_visible()
    is_whole = title.evaluate(FITS)
    for run_id in ids:
        board.delete(f"/api/runs/{run_id}")
    database.engine.dispose()
    assert is_whole, "the end of the title is cut off"
