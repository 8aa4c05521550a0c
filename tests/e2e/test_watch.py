"""A page that watches a run whose epochs take a tenth of a second, on a machine that is slow at drawing."""

from collections import Counter
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.support.program import Program

pytestmark = pytest.mark.slow

EPOCHS = 100
SLOWER = 6  # than this machine
OPTIONS = {"filters": [4, 4], "padding": "same", "dense_units": [8]}
SPEC: dict[str, Any] = {
    "dataset": {"name": "digits"},
    "model": {"preset": "strided_cnn", "options": OPTIONS},
    "batch_size": 64,
    "epochs": EPOCHS,
}


def test_a_slow_browser_shows_the_end_when_the_board_has_it(page: Page, board: Program) -> None:
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    run_id = board.launch(spec=SPEC)
    page.goto(f"/runs/{run_id}")
    expect(page.get_by_text("Training", exact=True).first).to_be_visible(timeout=30_000)

    board.ended(run_id)

    expect(page.get_by_text("Finished", exact=True).first).to_be_visible()
    expect(page.get_by_test_id("chart-loss")).to_have_attribute("data-points", str(EPOCHS))


def test_what_events_tell_is_not_read_again(page: Page, board: Program) -> None:
    asked: Counter[str] = Counter()
    page.on("request", lambda request: asked.update([urlsplit(request.url).path]))
    run_id = board.launch(spec=SPEC)
    page.goto(f"/runs/{run_id}")

    board.ended(run_id)

    expect(page.get_by_text("Finished", exact=True).first).to_be_visible()
    # Once as the page opens, once as the stream does, and when nothing was heard for some seconds.
    assert asked[f"/api/runs/{run_id}/metrics"] <= 2
    assert asked[f"/api/runs/{run_id}"] < EPOCHS / 10
    assert asked["/api/specs/check"] == 1
