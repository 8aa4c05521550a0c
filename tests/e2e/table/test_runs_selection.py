"""Runs are selected in the table, and changed, filtered, grouped and kept as a view from there, in a browser."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.axe import expect_no_faults
from tests.e2e.table.places import bottom, top

pytestmark = pytest.mark.slow


def test_runs_are_selected_tagged_filtered_grouped_and_kept_as_a_view(page: Page, stored: list[str]) -> None:
    page.goto("/?q=seeded")
    rows = page.get_by_test_id("run-row")
    expect(rows.first).to_contain_text("seeded 239")
    assert rows.count() < 60, "only rows in sight are drawn"
    bar = page.get_by_role("region", name="Selected runs")

    _select_four(page)
    expect(bar).to_contain_text("4 selected")
    expect(bar.get_by_role("link", name="Compare")).to_have_attribute(
        "href", f"/compare?runs={','.join(stored[at] for at in (238, 237, 236, 235))}"
    )
    assert bottom(page.locator(".pane")) <= top(bar), "the bar covers no row"
    _select_all_and_none(page, bar)
    _select_four(page)
    expect_no_faults(page)
    _tag(page, bar)
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
    _keep_rename_and_delete_view(page)


def _select_four(page: Page) -> None:
    boxes = page.get_by_test_id("run-row").get_by_role("checkbox")
    boxes.nth(1).click()
    boxes.nth(4).click(modifiers=["Shift"])


def _select_all_and_none(page: Page, bar: Locator) -> None:
    """Of four selected runs: none, all, which can't be stopped, and none again."""
    everything = page.get_by_role("checkbox", name="Select all 240 that match")
    everything.click()
    expect(bar).to_be_hidden()
    expect(everything).not_to_be_checked()
    everything.click()
    expect(bar.get_by_role("button", name="Stop")).to_be_disabled()
    bar.get_by_role("button", name="Stop").press("Enter")
    expect(_reason(page)).to_be_visible()
    everything.click()
    expect(_reason(page)).to_be_hidden()


def _reason(page: Page) -> Locator:
    return page.get_by_role("status").filter(has_text="None of the selected runs is queued or training.")


def _tag(page: Page, bar: Locator) -> None:
    """Tags the selected runs; the reason why they can't be stopped goes with it."""
    bar.get_by_role("button", name="Stop").press("Enter")
    expect(_reason(page)).to_be_visible()
    bar.get_by_role("button", name="Tag").click()
    menu = page.get_by_role("dialog", name="Tag the selected runs")
    menu.get_by_role("textbox", name="Tag").fill("a good one")
    menu.get_by_role("button", name="Add").click()
    expect(page.get_by_role("status").filter(has_text="4 runs tagged.")).to_be_visible()
    expect(_reason(page)).to_be_hidden()


def _keep_rename_and_delete_view(page: Page) -> None:
    views = page.get_by_role("navigation", name="Views")
    page.get_by_role("button", name="Save this view").click()
    _save_view_as(page, "High rates")
    tab = views.get_by_role("link", name="High rates")
    expect(tab).to_have_attribute("aria-current", "true")
    views.get_by_role("link", name="All runs").click()
    tab.click()
    expect(page.get_by_test_id("group-row")).to_contain_text("Learning rate 0.01")

    page.get_by_role("button", name="Edit view").click()
    _save_view_as(page, "Fast learners")
    page.get_by_role("link", name="Fast learners").wait_for()
    page.get_by_role("button", name="Edit view").click()
    page.get_by_role("button", name="Delete view").click()
    expect(page.get_by_role("link", name="Fast learners")).to_have_count(0)


def _save_view_as(page: Page, name: str) -> None:
    page.get_by_role("textbox", name="Name").fill(name)
    page.get_by_role("button", name="Save", exact=True).click()


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
