"""The page that compares runs, in a browser, on runs whose rows are written by the test."""

import json
from collections.abc import Iterator, Sequence

import pytest
from playwright.sync_api import Browser, Page, expect

from backend.db.engine import open_database
from backend.settings import Settings
from tests.e2e.axe import expect_no_faults
from tests.support.runs.compared import StoredRuns
from tests.support.service.program import Program

pytestmark = pytest.mark.slow

TRUE = [0, 1, 2] * 20
EPOCHS = [
    {"loss": 1 / n, "val_loss": 1.2 / n, "accuracy": 1 - 0.4 / n, "val_accuracy": 1 - 0.5 / n, "seconds": 2.0}
    for n in (1, 2, 3)
]


@pytest.fixture(scope="module")
def runs(board: Program) -> Iterator[StoredRuns]:
    database = open_database(Settings(data_dir=board.data_dir))
    runs = StoredRuns(database, board.data_dir)
    runs.dataset("clothes", TRUE)
    yield runs
    database.engine.dispose()


def write_run(runs: StoredRuns, name: str, wrong: Sequence[int], dropout: float = 0.0) -> str:
    """Writes a run that takes the images at `wrong` for the next class."""
    predicted = [(true + 1) % 3 if index in wrong else true for index, true in enumerate(TRUE)]
    options = {"padding": "same", "dense_dropout": dropout}
    model = {"preset": "strided_cnn", "options": options}
    return runs.run(predicted, EPOCHS, name=name, dataset={"name": "clothes"}, model=model)


@pytest.fixture(scope="module")
def pair(runs: StoredRuns) -> tuple[str, str]:
    """The second run fixes the images 0 to 8, and breaks the image 20."""
    return write_run(runs, "first", range(12)), write_run(runs, "second", [*range(9, 12), 20], dropout=0.5)


def test_two_runs_are_compared_and_one_is_kept(page: Page, pair: tuple[str, str]) -> None:
    page.goto(f"/compare?runs={','.join(pair)}")

    verdict = page.get_by_test_id("verdict")
    expect(verdict).to_contain_text(
        "B is right on 9 images where A is wrong, and wrong on 1 where A is right: B is better", timeout=20_000
    )
    expect(page.get_by_test_id("overlay-accuracy")).to_have_attribute("data-drawn", "true", timeout=20_000)
    expect(page.get_by_test_id("settings")).to_contain_text("Dropout after dense layers")
    expect(page.get_by_test_id("changed-fixed").get_by_role("listitem")).to_have_count(9)

    page.get_by_role("button", name="ankle boot predicted as bag: A 4, B 1").click()
    expect(page.get_by_test_id("changed-fixed").get_by_role("listitem")).to_have_count(3)
    assert "predicted=bag" in page.url
    expect_no_faults(page)

    decision = page.get_by_test_id("decision")
    decision.get_by_role("button", name="Keep B").click()
    decision.get_by_role("textbox", name="Why").fill("We keep B because it takes fewer boots for bags.")
    decision.get_by_role("button", name="Save the decision").click()
    expect(decision.get_by_role("article")).to_contain_text("fewer boots for bags")
    page.get_by_role("heading", level=1).get_by_role("link", name="second").click()
    expect(page.get_by_test_id("run-decision")).to_have_text(
        "Kept, rather than first: We keep B because it takes fewer boots for bags."
    )


def test_a_chart_is_downloaded_in_three_formats(page: Page, pair: tuple[str, str]) -> None:
    page.goto(f"/compare?runs={','.join(pair)}&smooth=3")
    chart = page.get_by_test_id("overlay-loss")
    expect(chart).to_have_attribute("data-drawn", "true", timeout=20_000)
    for name, start in (("PNG", b"\x89PNG"), ("SVG", b"<svg"), ("CSV", b"line,name,series")):
        chart.get_by_text("Download", exact=False).first.click()
        with page.expect_download() as download:
            chart.get_by_role("button", name=name).click()
        assert download.value.suggested_filename == f"Loss.{name.lower()}"
        assert download.value.path().read_bytes().startswith(start)


def test_a_run_that_is_deleted_while_the_page_is_open_is_named(
    browser: Browser, board: Program, runs: StoredRuns, pair: tuple[str, str]
) -> None:
    doomed = write_run(runs, "doomed", range(3))
    # A context of its own: the browser logs the 404 that the page explains.
    page = browser.new_context(base_url=f"http://127.0.0.1:{board.port}").new_page()
    page.goto(f"/compare?runs={','.join([*pair, doomed])}")
    expect(page.get_by_test_id("verdict")).to_contain_text("No clear winner", timeout=20_000)

    board.delete(f"/api/runs/{doomed}")

    expect(page.get_by_test_id("missing")).to_contain_text("doomed does not exist any more")
    page.get_by_role("button", name="Compare the other 2 runs").click()
    expect(page.get_by_test_id("verdict")).to_contain_text("B is better")
    page.context.close()


def test_a_run_in_training_has_curves_and_no_verdict(page: Page, board: Program, pair: tuple[str, str]) -> None:
    waiting = json.dumps({"recipe": "fashion-strided", "name": "waiting"}).encode()
    queued = str(board.post("/api/runs", waiting)["id"])
    page.goto(f"/compare?runs={pair[0]},{queued}")
    expect(page.get_by_test_id("verdict")).to_contain_text(
        "Only curves, results and settings are compared", timeout=20_000
    )
    board.post(f"/api/runs/{queued}/stop", b'{"mode": "kill"}')


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("runs=a", "One run alone"),
        ("runs=a,b,a", "The same run twice"),
        ("runs=" + ",".join(map(str, range(51))), "Too many runs"),
    ],
)
def test_runs_that_cannot_be_compared_are_refused_with_what_to_do(page: Page, query: str, title: str) -> None:
    page.goto(f"/compare?{query}")
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    expect(page.get_by_role("link", name="All runs")).to_be_visible()


@pytest.mark.usefixtures("pair")
def test_groups_are_drawn_as_bands(page: Page) -> None:
    page.goto("/compare?dataset=clothes&by=model.options.dense_dropout")
    expect(page.get_by_role("table", name="Groups").get_by_role("row")).to_have_count(3, timeout=20_000)
    expect(page.get_by_test_id("overlay-accuracy")).to_have_attribute("data-lines", "4")
    expect_no_faults(page)


SHIFTS = """() => new Promise(done => {
  let sum = 0
  const add = (list) => list.getEntries().forEach((entry) => (sum += entry.value))
  new PerformanceObserver(add).observe({ type: 'layout-shift', buffered: true })
  setTimeout(() => done(sum), 500)
})"""
MAX_SHIFT = 0.1  # Core Web Vitals: "good"


@pytest.mark.parametrize("width", [390, 1440])
def test_the_page_does_not_move_as_its_parts_come(
    page: Page, runs: StoredRuns, pair: tuple[str, str], width: int
) -> None:
    third = write_run(runs, f"third, at {width} pixels", range(6))
    page.set_viewport_size({"width": width, "height": 850})
    page.goto(f"/compare?runs={','.join([*pair, third])}")

    expect(page.get_by_test_id("overlay-accuracy")).to_have_attribute("data-drawn", "true", timeout=20_000)
    expect(page.get_by_role("list", name="Lines").get_by_role("button")).to_have_count(3)
    assert page.evaluate(SHIFTS) < MAX_SHIFT
