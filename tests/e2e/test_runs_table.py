"""The table of runs in a browser."""

import pytest
from playwright.sync_api import Page, expect

from tests.support.program import Program, tiny_spec

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
