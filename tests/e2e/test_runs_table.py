"""The table of runs in a browser."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from backend.db.engine import open_database
from backend.settings import Settings
from tests.e2e.axe import NARROW, expect_no_faults
from tests.support.runs.stored_runs import write_runs
from tests.support.service.program import Program, tiny_spec

pytestmark = pytest.mark.slow

RATES = (0.001, 0.01)


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


@pytest.fixture
def stored(board: Program) -> Iterator[list[str]]:
    """Returns the ids of 240 runs called `seeded N`, newest last, of two learning rates and 120 seeds."""
    database = open_database(Settings(data_dir=board.data_dir))
    ids = write_runs(database, *({**_run(number), "name": f"seeded {number}"} for number in range(240)))
    yield ids
    board.post("/api/runs/bulk", b'{"query": {"q": "seeded"}, "do": "delete"}')
    database.engine.dispose()


def _run(number: int) -> dict[str, Any]:
    rate = RATES[number % 2]
    accuracy = 0.9 - rate - number / 10_000
    return {"optimizer.learning_rate": rate, "seed": number // 2, "metrics": {"val_accuracy": accuracy}}


def test_runs_are_selected_tagged_filtered_grouped_and_kept_as_a_view(page: Page, stored: list[str]) -> None:
    page.goto("/?q=seeded")
    rows = page.get_by_test_id("run-row")
    expect(rows.first).to_contain_text("seeded 239")
    assert rows.count() < 60, "only rows in sight are drawn"

    boxes = rows.get_by_role("checkbox")
    boxes.nth(1).click()
    boxes.nth(4).click(modifiers=["Shift"])
    bar = page.get_by_role("region", name="Selected runs")
    expect(bar).to_contain_text("4 selected")
    expect(bar.get_by_role("link", name="Compare")).to_have_attribute(
        "href", f"/compare?runs={','.join(stored[at] for at in (238, 237, 236, 235))}"
    )
    assert _bottom(page.locator(".pane")) <= _top(bar), "the bar covers no row"
    everything = page.get_by_role("checkbox", name="Select all 240 that match")
    everything.click()
    expect(bar).to_be_hidden()
    expect(everything).not_to_be_checked()
    everything.click()
    expect(bar.get_by_role("button", name="Stop")).to_be_disabled()
    bar.get_by_role("button", name="Stop").press("Enter")
    reason = page.get_by_role("status").filter(has_text="None of the selected runs is queued or training.")
    expect(reason).to_be_visible()
    everything.click()
    expect(reason).to_be_hidden()
    boxes.nth(1).click()
    boxes.nth(4).click(modifiers=["Shift"])
    expect_no_faults(page)

    bar.get_by_role("button", name="Stop").press("Enter")
    expect(reason).to_be_visible()
    bar.get_by_role("button", name="Tag").click()
    menu = page.get_by_role("dialog", name="Tag the selected runs")
    menu.get_by_role("textbox", name="Tag").fill("a good one")
    menu.get_by_role("button", name="Add").click()
    expect(page.get_by_role("status").filter(has_text="4 runs tagged.")).to_be_visible()
    expect(reason).to_be_hidden()
    expect(rows.nth(1)).to_contain_text("a good one")

    bar.get_by_role("button", name="Select all 240").click()
    expect(bar).to_contain_text("240 selected")

    _filter(page, "Learning rate", at_least="0.005")
    expect(page.get_by_role("group", name="Filters")).to_contain_text("Learning rate at least 0.005")
    expect(page.locator(".foot")).to_contain_text("120 runs")
    expect(bar).to_be_hidden()

    _choose(page, "Group", "Group by", "Learning rate")
    group = page.get_by_test_id("group-row")
    expect(group).to_have_count(1)
    expect(group).to_contain_text("Learning rate 0.01")
    expect(group).to_contain_text("87.80%± 0.70")
    group.click()
    expect(rows.first).to_contain_text("seeded 239")

    page.get_by_role("button", name="Save this view").click()
    page.get_by_role("textbox", name="Name").fill("High rates")
    page.get_by_role("button", name="Save", exact=True).click()
    tab = page.get_by_role("navigation", name="Views").get_by_role("link", name="High rates")
    expect(tab).to_have_attribute("aria-current", "true")
    page.get_by_role("navigation", name="Views").get_by_role("link", name="All runs").click()
    tab.click()
    expect(group).to_contain_text("Learning rate 0.01")

    page.get_by_role("button", name="Edit view").click()
    page.get_by_role("textbox", name="Name").fill("Fast learners")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("link", name="Fast learners").wait_for()
    page.get_by_role("button", name="Edit view").click()
    page.get_by_role("button", name="Delete view").click()
    expect(page.get_by_role("link", name="Fast learners")).to_have_count(0)


def test_all_runs_but_one_are_deleted_unless_others_match_by_then(page: Page, stored: list[str]) -> None:
    page.goto("/?q=seeded 23")
    rows = page.get_by_test_id("run-row")
    expect(page.locator(".foot")).to_contain_text("11 runs")
    everything = page.get_by_role("checkbox", name="Select all 11 that match")
    everything.click()
    rows.get_by_role("checkbox").first.click()
    bar = page.get_by_role("region", name="Selected runs")
    expect(bar).to_contain_text("10 selected")
    expect(bar.get_by_role("link", name="Compare")).to_have_attribute(
        "href", re.compile(f"where=id%21%3D{stored[239]}$")
    )
    assert everything.evaluate("box => box.indeterminate")

    bar.get_by_role("button", name="Delete").click()
    assert page.request.patch(f"/api/runs/{stored[0]}", data={"name": "seeded 23, too"}).ok
    page.get_by_role("dialog").get_by_role("button", name="Delete 10 runs").click()
    expect(page.get_by_role("status").filter(has_text="The number of runs to change is 11 now, not 10")).to_be_visible()
    expect(rows).to_have_count(12)
    expect_no_faults(page)

    bar.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete 11 runs").click()
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("seeded 239")


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
    assert _bottom(page.locator(".page")) <= _top(bar), "the bar covers no card"
    assert _bottom(bar) <= _top(page.get_by_role("navigation", name="Main")), "the bar is above the navigation"
    assert page.evaluate("document.documentElement.scrollWidth") == NARROW["width"]
    expect_no_faults(page)


def _filter(page: Page, field: str, at_least: str) -> None:
    _choose(page, "+ Filter", "New filter", field)
    editor = page.get_by_role("dialog", name="New filter")
    editor.get_by_label("At least").fill(at_least)
    editor.get_by_role("button", name="Apply").click()


def _choose(page: Page, button: str, panel: str, field: str) -> None:
    page.get_by_role("button", name=button).click()
    picker = page.get_by_role("dialog", name=panel)
    picker.get_by_role("searchbox").fill(field)
    picker.get_by_role("button", name=field).first.click()


def _scroll_down(page: Page) -> None:
    first = page.get_by_test_id("run-row").first
    expect(first).to_have_attribute("data-index", "0")
    page.locator(".pane").evaluate("pane => pane.scrollTo(0, 4000)")
    expect(first).not_to_have_attribute("data-index", "0")


def _top(place: Locator) -> float:
    return float(place.evaluate("element => element.getBoundingClientRect().top"))


def _bottom(place: Locator) -> float:
    return float(place.evaluate("element => element.getBoundingClientRect().bottom"))


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
