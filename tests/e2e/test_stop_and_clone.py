"""A run in a person's hands: stopped, resumed, killed, lengthened, and run again with a change."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.support.program import Program, slow_spec

pytestmark = pytest.mark.slow


def test_a_run_is_finished_early_and_resumed_to_more_epochs(page: Page, board: Program) -> None:
    run_id = board.launch(spec=slow_spec(500), name="to be stopped")
    board.at_epoch(run_id, 2)
    page.goto(f"/runs/{run_id}")

    press(page, r"Stop after this epoch.* is kept and evaluated")
    expect(page.get_by_test_id("status")).to_have_text("Stopped", timeout=15_000)
    done = int(board.run(run_id)["epoch"])
    press(page, rf"Resume.*goes on after epoch {done}")
    dialog = page.get_by_role("dialog", name="Resume this run")
    expect(dialog.get_by_label("Epochs in all")).to_have_value("500")
    dialog.get_by_role("button", name="Resume").click()
    board.at_epoch(run_id, done + 1)
    press(page, r"Kill now.*loses epoch")

    expect(page.get_by_test_id("status")).to_have_text("Stopped")
    assert board.run(run_id)["ended_by"] == "kill"


def test_a_waiting_run_is_taken_off_the_queue(page: Page, board: Program) -> None:
    first = board.launch(spec=slow_spec(500))
    second = board.launch(spec=slow_spec(1), name="waits")
    page.goto(f"/runs/{second}")

    press(page, "Take off the queue.*nothing is trained yet")

    expect(page.get_by_test_id("status")).to_have_text("Stopped")
    board.post(f"/api/runs/{first}/stop", b'{"mode": "kill"}')


def test_a_finished_run_is_trained_longer_and_too_few_epochs_are_told(page: Page, board: Program) -> None:
    run_id = board.launch(spec={**slow_spec(2), "optimizer": {"schedule": {"name": "cosine"}}})
    board.ended(run_id)
    page.goto(f"/runs/{run_id}")

    press(page, "Train longer.*goes on after epoch 2")
    dialog = page.get_by_role("dialog", name="Train longer")
    dialog.get_by_role("button", name="Train longer").click()

    expect(dialog.get_by_role("alert")).to_contain_text(
        "The cosine schedule spreads its learning rates over all epochs"
    )
    dialog.get_by_role("button", name="Leave it ended").click()
    expect(page.get_by_test_id("status")).to_have_text("Finished")


def test_run_again_with_changes_marks_what_changed_and_both_runs_know_each_other(page: Page, board: Program) -> None:
    run_id = board.launch(spec=slow_spec(2), name="original")
    board.ended(run_id)
    page.goto(f"/runs/{run_id}")

    page.get_by_role("link", name="Run again with changes").click()
    page.locator("summary", has_text=re.compile("^Training")).click()
    epochs = page.get_by_test_id("field-epochs")
    epochs.get_by_role("textbox").fill("3")
    expect(epochs).to_contain_text("was 2")
    page.locator("summary", has_text=re.compile("^Model")).click()
    page.get_by_label("Begin with", exact=True).select_option(run_id)
    page.get_by_role("button", name="Launch").click()

    expect(page.get_by_role("heading", name="original 2")).to_be_visible()
    lineage = page.get_by_test_id("lineage")
    expect(lineage).to_contain_text("Cloned from original")
    expect(lineage).to_contain_text(re.compile("Epochs 2 3"))
    expect(lineage).to_contain_text("Began with the best weights of original")
    lineage.get_by_role("link", name="original").first.click()
    expect(page.get_by_test_id("lineage")).to_contain_text("Run again as original 2")


def press(page: Page, words: str) -> None:
    page.get_by_role("button", name=re.compile(words)).click()
