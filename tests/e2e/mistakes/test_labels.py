"""Labels that are probably wrong, and a quiz, in a browser, on runs whose rows are written by the test."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from backend.db.engine import open_database
from backend.settings import Settings
from tests.e2e.axe import expect_no_faults
from tests.support.runs.compared import StoredRuns
from tests.support.runs.judged import judging_run
from tests.support.service.program import Program

pytestmark = pytest.mark.slow

LABELS = [0, 1, 2] * 10
CLASSES = ("=SUM(A1)", '<b>"bag"</b>', "حذاء" + "x" * 190)


@pytest.fixture(scope="module")
def run_id(board: Program) -> Iterator[str]:
    """A run that is sure that images 0 and 4 have wrong labels."""
    database = open_database(Settings(data_dir=board.data_dir))
    runs = StoredRuns(database, board.data_dir)
    runs.dataset("labelled", LABELS, CLASSES)
    says = [1 if image == 0 else 2 if image == 4 else label for image, label in enumerate(LABELS)]
    yield judging_run(runs, says, {0: 0.98, 4: 0.96}, dataset={"name": "labelled"}, name="judge")
    database.engine.dispose()


def test_labels_are_reviewed_by_keys_and_become_a_version(page: Page, run_id: str) -> None:
    page.goto(f"/runs/{run_id}")
    page.get_by_label("This run").get_by_role("link", name="Labels").click()
    expect(page.get_by_text("The run says")).to_be_visible()
    expect_no_faults(page)

    page.keyboard.press("Enter")
    expect(page.get_by_text("1 relabelled")).to_be_visible()
    page.keyboard.press("x")
    expect(page.get_by_text("1 left out")).to_be_visible()
    page.keyboard.press("z")
    expect(page.get_by_text("0 left out")).to_be_visible()

    page.get_by_role("checkbox", name="then train").uncheck()
    page.get_by_role("button", name="Make version 2").click()
    expect(page.get_by_text("labelled, version 2 is ready")).to_be_visible(timeout=30_000)
    expect(page.get_by_role("button", name="Make version 3")).to_be_disabled()
    page.keyboard.press("x")
    expect(page.get_by_text("1 left out")).to_be_visible()
    expect(page.get_by_role("button", name="Make version 3")).to_be_enabled()


def test_a_quiz_is_played_by_keys_and_shows_both_scores(page: Page, run_id: str) -> None:
    page.goto(f"/runs/{run_id}/quiz")
    page.get_by_role("button", name="Play", exact=True).click()
    expect(page.get_by_text("What is this?")).to_be_visible()
    expect_no_faults(page)

    for _ in range(20):
        page.keyboard.press("1")
    expect(page.get_by_text("20 of 20 answered")).to_be_visible()
    page.get_by_label("Nickname").fill("Ada")
    page.get_by_role("button", name="Show both scores").click()

    expect(page.get_by_role("heading", name="of 20 images as they are labelled")).to_be_visible()
    expect(page.get_by_role("heading", name="Players")).to_be_visible()
