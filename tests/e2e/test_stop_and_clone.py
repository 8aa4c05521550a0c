"""Stops, kills, resumes, extends and copies runs in the browser."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.support.service.program import Program, slow_spec, tiny_spec
from tests.support.service.suspended import held_in_training

pytestmark = pytest.mark.slow


def test_run_is_stopped_and_resumed(page: Page, board: Program) -> None:
    run_id = board.launch(spec=slow_spec(500), name="to be stopped")
    board.at_epoch(run_id, 2)
    page.goto(f"/runs/{run_id}")

    busy = {"title": "Busy", "status": 503, "detail": "The database is busy."}
    page.route("**/stop", lambda route: route.fulfill(status=503, json=busy))
    press(page, r"Stop after this epoch.* is kept and evaluated")
    alert = page.get_by_role("alert").filter(has_text="The database is busy.")
    expect(alert).to_be_visible()
    board.at_epoch(run_id, int(board.run(run_id)["epoch"]) + 1)
    expect(alert).to_be_visible()
    page.unroute("**/stop")
    press(page, r"Stop after this epoch.* is kept and evaluated")
    expect(page.get_by_test_id("status")).to_have_text("Stopped", timeout=15_000)
    expect(alert).to_be_hidden()
    expect(page.get_by_role("link", name="last.keras")).to_be_visible()
    done = int(board.run(run_id)["epoch"])
    press(page, rf"Resume.*continues after epoch {done}")
    dialog = page.get_by_role("dialog", name="Resume run")
    total = dialog.get_by_label("Total epochs")
    expect(total).to_have_value("500")
    total.fill("2")
    dialog.get_by_role("button", name="Resume").click()
    expect(dialog.get_by_role("alert")).to_have_text("Enter a whole number from 500 to 100,000")
    total.fill("500")
    dialog.get_by_role("button", name="Resume").click()
    board.at_epoch(run_id, done + 1)
    expect(page.get_by_role("link", name="last.keras")).to_be_hidden()
    press(page, r"Kill now.*loses epoch")

    expect(page.get_by_test_id("status")).to_have_text("Stopped")
    assert board.run(run_id)["ended_by"] == "kill"


def test_a_run_that_is_removed_from_the_queue_has_nothing_to_show_but_its_settings(page: Page, board: Program) -> None:
    with held_in_training(board, spec=slow_spec(500)):
        queued = board.launch(spec=slow_spec(1), name="waits")
        page.goto(f"/runs/{queued}")
        press(page, "Remove from queue.*no epoch is complete yet")
        expect(page.get_by_test_id("status")).to_have_text("Stopped")

    expect(page.get_by_test_id("liveness")).to_contain_text("a user removed it from the queue before it started")
    assert page.locator("h2").all_inner_texts() == ["Model and settings", "Log"]
    expect(page.get_by_test_id("stats")).to_have_count(0)


def test_cosine_schedule_prevents_training_longer(page: Page, board: Program) -> None:
    run_id = board.launch(spec={**slow_spec(2), "optimizer": {"schedule": {"name": "cosine"}}})
    board.ended(run_id)
    page.goto(f"/runs/{run_id}")

    press(page, "Train longer.*continues after epoch 2")
    dialog = page.get_by_role("dialog", name="Train longer")
    dialog.get_by_role("button", name="Train longer").click()

    expect(dialog.get_by_role("alert")).to_contain_text(
        "The cosine schedule spreads its learning rates over all epochs"
    )
    dialog.get_by_role("button", name="Cancel").click()
    expect(page.get_by_test_id("status")).to_have_text("Finished")


def test_copy_marks_changes_and_both_runs_link_to_each_other(page: Page, board: Program) -> None:
    run_id = board.launch(spec=slow_spec(2), name="original")
    board.ended(run_id)
    page.goto(f"/runs/{run_id}")

    page.get_by_role("link", name="Run again with changes").click()
    page.locator("summary", has_text=re.compile("^Training")).click()
    epochs = page.get_by_test_id("field-epochs")
    epochs.get_by_role("textbox").fill("3")
    expect(epochs).to_contain_text("was 2")
    page.locator("summary", has_text=re.compile("^Model")).click()
    page.get_by_label("Initial weights", exact=True).select_option(run_id)
    page.get_by_role("button", name="Launch").click()

    expect(page.get_by_role("heading", name="original 2")).to_be_visible()
    lineage = page.get_by_test_id("lineage")
    expect(lineage).to_contain_text("Copy of original")
    expect(lineage).to_contain_text(re.compile("Epochs 2 3"))
    expect(lineage).to_contain_text("Initial weights from original")
    lineage.get_by_role("link", name="original").first.click()
    expect(page.get_by_test_id("lineage")).to_contain_text("Copied to original 2")


def press(page: Page, title: str) -> None:
    page.get_by_role("button", name=re.compile(title)).click()


def test_a_next_run_of_the_diagnosis_is_a_clone_with_one_change(page: Page, board: Program) -> None:
    run_id = board.launch(spec={**tiny_spec(), "epochs": 5, "optimizer": {"name": "sgd", "learning_rate": 1.5}})
    board.ended(run_id)
    page.goto(f"/runs/{run_id}")

    finding = page.get_by_test_id("finding-learning_rate_too_high")
    expect(finding).to_contain_text("times the usual rate of SGD")
    expect(page.get_by_test_id("diagnosis")).to_contain_text("95% interval")
    finding.get_by_role("button", name="Train: Learning rate 0.03").click()
    finding.get_by_role("link", name="Open run").click()

    expect(page.get_by_test_id("lineage")).to_contain_text(re.compile("Learning rate 1.5 0.03"))
