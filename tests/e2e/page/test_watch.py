"""A page that watches a run of ten epochs a second, in a browser that is slow at drawing or not."""

import re
from collections import Counter
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.support.service.program import Program

pytestmark = pytest.mark.slow

EPOCHS = 40
SLOWDOWN = 6  # times slower than this machine
OPTIONS = {"filters": [4, 4], "padding": "same", "dense_units": [8]}
SPEC: dict[str, Any] = {
    "dataset": {"name": "digits"},
    "model": {"preset": "strided_cnn", "options": OPTIONS},
    "batch_size": 64,
    "epochs": EPOCHS,
}


def test_a_slow_browser_shows_the_end_at_once_and_reads_nothing_that_events_contain(
    new_page: Page, board: Program
) -> None:
    new_page.context.new_cdp_session(new_page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWDOWN})
    requests: Counter[str] = Counter()
    new_page.on("request", lambda request: requests.update([urlsplit(request.url).path]))
    run_id = board.launch(spec=SPEC)
    new_page.goto(f"/runs/{run_id}")
    expect(new_page.get_by_text("Training", exact=True).first).to_be_visible(timeout=30_000)

    board.ended(run_id, seconds=200)

    expect(new_page.get_by_text("Finished", exact=True).first).to_be_visible()
    expect(new_page.get_by_test_id("chart-loss")).to_have_attribute("data-points", str(EPOCHS))
    # The page reads when it opens, when its stream opens, and when it has received nothing for some seconds.
    assert requests[f"/api/runs/{run_id}/metrics"] <= 2
    assert requests[f"/api/runs/{run_id}"] < EPOCHS / 10
    assert requests["/api/specs/check"] == 1


def test_mistakes_below_the_screen_name_their_epoch_beside_the_best_one(page: Page, board: Program) -> None:
    run_id = board.launch(spec={**SPEC, "epochs": 2_000, "optimizer": {"name": "adam", "learning_rate": 0.00001}})
    board.at_epoch(run_id, 1)
    page.goto(f"/runs/{run_id}")
    behind = re.compile(r"Epoch [\d,]+: [\d.]+% right; the best so far is epoch [\d,]+: [\d.]+%\. Show epoch")
    note = page.get_by_test_id("followed-epoch")
    expect(note).to_have_text(behind, timeout=30_000)
    before = int(page.get_by_test_id("matrix").get_attribute("data-epoch") or 0)

    note.get_by_role("button", name="Show epoch").click()

    page.wait_for_function(f"Number(document.querySelector('[data-testid=matrix]').dataset.epoch) > {before}")
    board.post(f"/api/runs/{run_id}/stop", b'{"mode": "kill"}')
    expect(note).to_be_hidden()
