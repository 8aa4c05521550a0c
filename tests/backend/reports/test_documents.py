"""The report and the model card of runs whose rows and files are written by the test."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser

import numpy as np
import pytest

from backend.application import create_app
from backend.db.engine import open_database
from backend.db.models import Run
from backend.reports.model_card import escaped
from backend.reports.pictures import thumbnail
from backend.settings import Settings
from tests.support.runs.compared import StoredRuns
from tests.support.runs.predictions import too_sure
from tests.support.runs.run_life import launch
from tests.support.service.documented import DocumentedClient
from tests.support.storage.databases import create_sqlite

HOSTILE = ("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "שלום \u200f", "| a | *b* `c`", "n" * 200)
LOADS = {"src", "href", "action", "data", "poster", "srcset", "background"}


@dataclass(frozen=True)
class Board(StoredRuns):
    client: DocumentedClient

    def read(self, run: str, document: str) -> str:
        answer = self.client.get(f"/api/runs/{run}/{document}")
        assert answer.status_code == 200, answer.text
        return answer.text

    def change(self, run: str, **values: object) -> None:
        with self.database.write() as session:
            row = session.get_one(Run, run)
            for name, value in values.items():
                setattr(row, name, value)


@pytest.fixture
def board(settings: Settings) -> Iterator[Board]:
    create_sqlite(settings)
    database = open_database(settings)
    yield Board(database, settings.data_dir, DocumentedClient(create_app(settings)))
    database.engine.dispose()


def write_run(board: Board, classes: tuple[str, ...], images: int = 120, epochs: int = 3) -> str:
    """Writes a run of these classes, which is surer than it is right."""
    labels, probabilities = too_sure(images, len(classes))
    board.dataset("clothes", labels, classes)
    metrics = [{"loss": 1 / n, "val_loss": 1.1 / n, "accuracy": 0.5, "val_accuracy": 0.6} for n in range(1, epochs + 1)]
    confidence = probabilities.max(axis=1).tolist()
    return board.run(
        probabilities.argmax(axis=1), metrics, confidence, probabilities=probabilities, dataset={"name": "clothes"}
    )


class Elements(HTMLParser):
    """Collects the elements of a page, and what they would load."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.loads: list[str] = []
        self.attributes: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attributes}
        self.loads += [value or "" for name, value in attributes if name in LOADS]


def test_a_report_holds_everything_in_one_file_that_loads_nothing(board: Board) -> None:
    page = board.read(write_run(board, ("ankle boot", "bag", "coat")), "report.html")

    elements = Elements(page)
    assert not elements.tags & {"script", "link", "iframe", "object", "form", "base"}
    assert all(load.startswith("data:image/png;base64,") for load in elements.loads)
    assert len(elements.loads) == 24
    for heading in ("Curves", "Diagnosis", "What it gets wrong", "Can its confidence be believed?", "Settings"):
        assert f"<h2>{heading}</h2>" in page
    assert re.search(r"\d\d\.\d\d%<small>\d\d\.\d to \d\d\.\d%, 120 images</small>", page)
    assert "best.keras" in page
    assert "default-src &#39;none&#39;" in page or "default-src 'none'" in page


def test_a_model_card_has_figures_with_intervals_and_blanks_to_fill_in(board: Board) -> None:
    card = board.read(write_run(board, ("ankle boot", "bag", "coat")), "model-card.md")
    assert card.startswith("---\nlibrary_name: keras\n")
    assert re.search(r"\| validation accuracy, epoch 3 \| \d\d\.\d\d% \| \d\d\.\d to \d\d\.\d% \| 120 \|\n", card)
    assert re.search(r"- (ankle boot|bag|coat): \d\d\.\d% \(\d\d\.\d to \d\d\.\d%\) of \d\d images\n", card)
    assert re.search(r"- Trained on [\d,]+ images, validated on 120\n", card)
    assert "## Intended use\n\n*To be filled in" in card
    assert "labels of the validation images are probably wrong" in card
    assert "\n\n\n" not in card


def test_each_detail_of_a_model_card_has_a_line(board: Board) -> None:
    run = write_run(board, ("bag", "coat"))
    board.change(run, precision_reason="float32: the network is small", tags=["a", "b"], machine="CPU")

    card = board.read(run, "model-card.md")

    details = card.partition("## Model details")[2].partition("## Intended use")[0].strip().splitlines()
    assert [line.split()[1].rstrip(":") for line in details] == [
        "Architecture",
        "Trained",
        "Environment",
        "Seed",
        "Run",
    ]


def test_hostile_names_are_text_in_both(board: Board) -> None:
    run = write_run(board, HOSTILE)
    board.change(run, name=HOSTILE[0], notes="<b>bold</b>\n# heading", tags=[HOSTILE[1]])

    page, card = board.read(run, "report.html"), board.read(run, "model-card.md")

    elements = Elements(page)
    assert "script" not in elements.tags
    assert "onerror" not in elements.attributes
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert page.count("<bdi>") > 20
    assert "<" not in re.sub(r"^```.*?^```", "", card, flags=re.DOTALL | re.MULTILINE)
    assert "\n# heading" not in card
    assert "\\| a \\| \\*b\\* \\`c\\`" in card


def test_many_classes_are_a_picture_and_a_table_of_the_weakest(board: Board) -> None:
    page = board.read(write_run(board, tuple(f"class {n}" for n in range(100)), images=400), "report.html")
    assert 'alt="Confusion matrix of 100 classes"' in page
    assert "The 60 classes with the lowest recall, of 100" in page
    assert len(page) < 3_000_000


@pytest.mark.parametrize("document", ["report.html", "model-card.md"])
def test_a_run_that_has_not_begun_has_a_short_one(board: Board, document: str) -> None:
    text = board.read(launch(board.client), document)
    assert "has no finished epoch yet" in text.replace("\\", "")
    assert "Settings" in text or "Intended use" in text


def test_a_run_of_one_epoch_without_numbers_and_a_deleted_dataset(board: Board) -> None:
    labels = [0, 1, 1]
    board.dataset("clothes", labels)
    metrics: list[dict[str, float | None]] = [{"loss": None, "val_loss": None, "accuracy": 0.3, "val_accuracy": None}]
    run = board.run(labels, metrics, [float("nan")] * 3, dataset={"name": "clothes"})
    page = board.read(run, "report.html")
    assert "Its confidences are not numbers (NaN)." in page
    assert "nan" not in Elements(page).loads

    with board.database.write() as session:
        session.get_one(Run, run).dataset_hash = "another"
    assert "has changed since" in board.read(run, "report.html")


def test_classes_without_images_have_no_recall(board: Board) -> None:
    board.dataset("clothes", [0, 0, 1])
    run = board.run([0, 1, 1], confidence=[0.5, 0.6, 0.7], dataset={"name": "clothes"})
    page = board.read(run, "report.html")
    assert '<bdi>coat</bdi></td><td class="num">0</td><td class="num">–</td>' in page
    assert "coat:" not in board.read(run, "model-card.md")


def test_large_images_are_made_small() -> None:
    assert thumbnail(np.zeros((1024, 1024, 3), np.uint8)).size == (96, 96)
    assert thumbnail(np.zeros((1, 1, 1), np.uint8)).size == (1, 1)


def test_a_text_of_several_lines_stays_in_its_place() -> None:
    assert escaped("a\r\n- b\u2028<c>") == "a - b &lt;c&gt;"
    assert escaped("- b") == "\\- b"
