"""Twenty questions about a run: each is answered within two clicks of its page, in a browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from backend.db.engine import open_database
from backend.settings import Settings
from tests.e2e.axe import expect_no_faults
from tests.support.runs.compared import StoredRuns
from tests.support.runs.predictions import too_sure
from tests.support.service.program import Program

pytestmark = pytest.mark.slow

WAIT_MS = 20_000
EPOCHS = [
    {"loss": 1 / n, "val_loss": 1.2 / n, "accuracy": 1 - 0.4 / n, "val_accuracy": 1 - 0.5 / n, "seconds": 2.0}
    for n in (1, 2, 3)
]
ANSWERS = {
    "Is it still training, and how long will it take?": ("main", "Finished"),
    "Is it overfitting, since when?": ("[data-testid=diagnosis]", "Diagnosis"),
    "Which epoch is best, and is that the file I get?": ("section:has(#files)", "best.keras"),
    "What should I try next?": ("[data-testid=diagnosis]", "Diagnosis"),
    "Which classes are confused?": ("[data-testid=confused-pairs]", "Trousers <b>"),
    "Which images are that?": ("[data-testid=samples]", "Trousers <b>"),
    "Of which mistakes is it most sure?": ("[data-testid=samples]", "Trousers <b>"),
    "Which classes does it neglect?": ("[data-testid=class-scores]", "Trousers <b>"),
    "Was this image ever right?": ("[data-testid=story-sentence]", "epoch"),
    "Where does the network look?": ("[data-testid=look]", ""),
    "Which labels are probably wrong?": ("h1", "Labels"),
    "Is B really better than A?": ("[data-testid=verdict]", "right on"),
    "What did B fix, and break?": ("main", "Where they differ"),
    "What did each ingredient buy?": ("[data-testid=ladder-card]", "ladder"),
    "How much does the seed matter?": ("[data-testid=study-section]", "Seeds"),
    "Would more images help?": ("[data-testid=study-section]", "Parts of the training images"),
    "What does it say to my image?": ("[data-testid=predict]", "Try it"),
    "Does the file predict the same at home?": ("section:has(#files)", "bundle.zip"),
    "Can I believe its probabilities?": ("[data-testid=trust-stats]", "Calibration error"),
}
"""Where each question is answered, and a text that stands there."""
SCRIPT = "How is this written in plain Keras?"  # answered by a file


@pytest.fixture(scope="module")
def run(board: Program) -> Iterator[str]:
    """The second of two runs on the same images, whose predictions are written by the test."""
    database = open_database(Settings(data_dir=board.data_dir))
    runs = StoredRuns(database, board.data_dir)
    labels, probabilities = too_sure(300, 3)
    runs.dataset("wardrobe", labels, ("Shirt", "Trousers <b>", "שמלה"))
    confidence = probabilities.max(axis=1).tolist()
    predicted = probabilities.argmax(axis=1)
    first = [(label + 1) % 3 if index % 4 == 0 else label for index, label in enumerate(predicted.tolist())]
    runs.run(first, EPOCHS, confidence, name="A", dataset={"name": "wardrobe"})
    yield runs.run(predicted, EPOCHS, confidence, "B", probabilities=probabilities, dataset={"name": "wardrobe"})
    database.engine.dispose()


def list_of_questions(page: Page) -> Locator:
    """Returns the links of the list that is open, once it knows which questions this run can answer."""
    questions = page.get_by_test_id("questions")
    expect(questions).to_have_attribute("data-ready", "true", timeout=WAIT_MS)
    return questions.get_by_role("link")


def test_each_question_is_answered_within_two_clicks(page: Page, run: str) -> None:
    page.goto(f"/runs/{run}")
    page.get_by_role("navigation", name="This run").get_by_role("link", name="Questions").click()
    assert sorted(list_of_questions(page).all_inner_texts()) == sorted([*ANSWERS, SCRIPT])
    expect_no_faults(page)

    for question, (place, text) in ANSWERS.items():
        list_of_questions(page).get_by_text(question, exact=True).click()
        expect(page.get_by_test_id("questions")).to_have_count(0)
        expect(page.locator(place).filter(has_text=text).first).to_be_visible(timeout=WAIT_MS)
        page.go_back()
    with page.expect_download() as download:
        list_of_questions(page).get_by_text(SCRIPT, exact=True).click()
    assert download.value.suggested_filename == "train.py"


def test_how_sure_it_must_be_is_chosen_by_a_slider_and_kept(page: Page, run: str) -> None:
    page.goto(f"/runs/{run}/trust")
    answering = page.get_by_test_id("answering")
    slider = answering.get_by_role("slider", name="Answer only at this confidence or more")
    expect(slider).to_be_visible(timeout=WAIT_MS)

    slider.fill("0.9")
    expect(answering).to_contain_text("at least 0.90")
    expect(answering).to_contain_text("on scaled probabilities")
    answering.get_by_role("button", name="Use 0.90 in predict.py").click()
    expect(answering.get_by_role("button", name="predict.py answers from 0.90")).to_be_disabled()
    page.get_by_role("button", name="As trained").click()
    expect(page.get_by_test_id("reliability")).to_contain_text("As trained, it is too sure")
    expect_no_faults(page)

    page.goto(f"/runs/{run}/trust")
    expect(answering).to_contain_text("at least 0.90", timeout=WAIT_MS)
    assert page.request.get(f"/api/runs/{run}/answering").json() == {"temperature": True, "threshold": 0.9}


def test_the_report_opens_without_network_and_without_scripts(new_page: Page, run: str) -> None:
    new_page.goto(f"/runs/{run}")
    link = new_page.get_by_role("navigation", name="This run").get_by_role("link", name="Report")
    report = new_page.request.get(link.get_attribute("href") or "").text()
    new_page.goto("about:blank")  # the board's page would say that it can't reach its server
    new_page.context.set_offline(True)
    new_page.set_content(report)
    expect(new_page.get_by_role("heading", name="B", exact=True)).to_be_visible()
    expect(new_page.get_by_role("img", name="Reliability: accuracy against stated confidence")).to_be_visible()
    widths = new_page.evaluate("[...document.images].map(image => image.naturalWidth)")
    assert widths == [8] * 24, "every image is part of the file"
