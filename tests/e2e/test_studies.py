"""Studies in the browser: the form makes one of a run, and its page shows, extends and stops it."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from backend.db.engine import Database, open_database
from backend.db.models import Study
from backend.settings import Settings
from backend.spec.recipes import recipe_spec
from tests.e2e.axe import expect_no_faults
from tests.support.runs.stored_runs import CREATED_AT, write_runs
from tests.support.service.program import Program

pytestmark = pytest.mark.slow

SPACE = {"optimizer.learning_rate": {"low": 0.0001, "high": 0.1, "log": True}, "batch_size": [32, 64]}
RUNS = 24


@pytest.fixture(scope="module")
def search(board: Program) -> Iterator[str]:
    """Returns the id of a search written as rows: most finished, two pruned, one failed, one with only NaN."""
    database = open_database(Settings(data_dir=board.data_dir))
    write_search(database)
    write_runs(database, *(trial(number) for number in range(RUNS)))
    yield "search"
    database.engine.dispose()


def write_search(database: Database) -> None:
    with database.write() as session:
        session.add(
            Study(
                id="search",
                name="rows of a search",
                kind="tpe",
                objective="best.val_accuracy",
                request={"space": SPACE, "runs": RUNS, "pruner": "median"},
                spec=recipe_spec("digits-quick").as_json(),
                runs=RUNS,
                trials=RUNS,
                created_at=CREATED_AT,
                settled_at=CREATED_AT,
                importance={"optimizer.learning_rate": 0.7, "batch_size": 0.3},
                importance_of=RUNS,
            )
        )


def trial(number: int) -> dict[str, Any]:
    values = {"optimizer.learning_rate": 0.0001 * 1.3**number, "batch_size": 32 if number % 2 else 64}
    outcomes: dict[int, dict[str, Any]] = {
        5: {"status": "stopped", "ended_by": "pruned", "pruned_epoch": 4, "epoch": 4},
        6: {"status": "stopped", "ended_by": "pruned", "pruned_epoch": 4, "epoch": 4},
        7: {"status": "failed", "ended_by": None, "best": None, "best_val_accuracy": None},
        8: {"best": None, "best_val_accuracy": None},
    }
    return {
        "id": f"search-{number}",
        "name": f"rows of a search #{number}",
        "study": "search",
        "trial": number,
        "study_values": values,
        "metrics": {"val_accuracy": 0.5 + number / 100},
        **outcomes.get(number, {}),
    }


@pytest.mark.usefixtures("search")
def test_a_search_is_ranked_filtered_and_drawn(page: Page) -> None:
    page.goto("/studies")
    page.get_by_role("link", name="rows of a search").click()

    expect(page.get_by_test_id("stats")).to_contain_text("73.00% run #23, epoch 3")
    expect(page.get_by_test_id("counts")).to_contain_text("20 finished, 2 pruned and 2 failed")
    expect(page.get_by_test_id("importance")).to_contain_text("Learning rate0.70")
    expect(page.get_by_test_id("trial").first).to_contain_text("Run #23")
    expect(page.get_by_test_id("chosen")).to_contain_text("5 runs of 22 chosen")
    axis = page.get_by_role("slider", name="Batch size")
    axis.press("ArrowUp")  # chooses the upper quarter: 64
    expect(page.get_by_test_id("chosen")).to_contain_text("2 runs of 22 chosen")
    expect(page.get_by_role("link", name="Compare the 2")).to_have_attribute("href", re.compile("^/compare\\?runs="))
    page.get_by_role("button", name="Show all 24 runs").click()
    for text in ("Pruned, epoch 4", "Failed after", "Only NaN"):
        expect(page.get_by_test_id("trial").filter(has_text=text).first).to_be_visible()
    expect_no_faults(page)

    page.get_by_role("button", name="Train the best longer").click()
    expect(page.get_by_label("Epochs")).to_have_value("80")  # twice as many as the recipe's
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Contour of two").click()
    expect(page.get_by_role("img", name="val. accuracy over learning rate")).to_be_visible(timeout=20_000)


def test_the_form_starts_a_repeat_that_is_extended_stopped_and_deleted(page: Page) -> None:
    page.goto("/new?recipe=digits-quick")
    page.get_by_role("button", name="Repeat").click()
    page.get_by_label("Seeds").fill("0")
    expect(page.get_by_test_id("study-section")).to_contain_text("Enter at least two seeds")
    page.get_by_label("Seeds").fill("0, 1")
    expect(page.get_by_test_id("run-count")).to_have_text("2 seeds = 2 runs")
    open_section(page, "Data")
    page.get_by_test_id("field-dataset.train_limit").get_by_role("textbox").fill("40")
    page.get_by_test_id("field-dataset.test_limit").get_by_role("textbox").fill("40")
    open_section(page, "Training")
    page.get_by_test_id("field-epochs").get_by_role("textbox").fill("1")
    page.get_by_role("button", name="Start 2 runs").click()

    expect(page.get_by_role("heading", name="digits-quick")).to_be_visible()
    expect(page.get_by_test_id("stats")).to_contain_text("2 of 2", timeout=60_000)
    expect(page.get_by_text("over 2 seeds")).to_be_visible()

    page.get_by_role("button", name="Add seeds").click()
    page.get_by_label("Seeds to add").fill("40")
    page.get_by_role("button", name="Add 40 runs").click()
    expect(page.get_by_test_id("stats")).to_contain_text("of 42")
    page.get_by_role("button", name="Stop", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name=re.compile("Kill them now|^Stop$")).click()
    expect(page.get_by_test_id("status").first).to_have_text("Stopped", timeout=60_000)

    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete study").click()
    expect(page.get_by_role("heading", name="Studies", exact=True)).to_be_visible()


def test_the_form_says_what_is_wrong_with_a_search_and_how_large_a_grid_is(page: Page) -> None:
    page.goto("/new?recipe=digits-quick&study=grid")
    expect(page.get_by_test_id("study-section")).to_contain_text("Tick at least one field")
    open_section(page, "Training")
    page.get_by_label("Vary Batch size").check()
    values = page.get_by_label("Values of Batch size", exact=True)
    values.fill(", ".join(str(size) for size in range(1, 202)))
    expect(page.get_by_role("alert").filter(has_text="at most 500")).to_be_visible()
    expect(page.get_by_role("button", name="Start the study")).to_be_disabled()
    values.fill("32, 64")
    expect(page.get_by_role("button", name="Start 6 runs")).to_be_enabled()
    expect(page.get_by_test_id("study-plan")).to_contain_text("At most 500 runs")

    page.get_by_role("button", name="TPE search").click()
    field = page.get_by_test_id("vary-batch_size")
    field.get_by_role("button", name="Range").click()
    page.get_by_label("Lowest Batch size").fill("64")
    page.get_by_label("Highest Batch size").fill("32")
    expect(field).to_contain_text("The low end must be below the high end")
    expect_no_faults(page)


def open_section(page: Page, title: str) -> None:
    page.get_by_test_id(f"section-{title}").locator("summary").click()
