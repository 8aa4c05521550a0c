"""Asking a run's best model over HTTP: what is asked of the worker, what is told, what is refused and cleaned up."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from backend.artifacts import prediction
from backend.datasets import uploads
from backend.datasets.store import Manifest
from backend.db.engine import Database
from backend.db.models import Dataset, Run
from backend.errors import Invalid
from backend.messaging.rpc import HelperClient
from backend.settings import Settings
from tests.support.run_life import launch, saved_epoch, sha_of, the_journal
from tests.support.zips import picture
from worker.run_writer import RunWriter
from worker.training.report import PixelStatistics

ANSWER = {"top": [[3, 0.75], [8, 0.125]], "seen": "data:image/png;base64,aGk="}
DIGITS = Manifest("digits", list("0123456789"), [8, 8, 1], {}, "the hash")

Ask = Callable[[dict[str, Any]], dict[str, Any]]


class Worker:
    """Answers as a worker would, and remembers what it was asked and what lay in the file then."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self.asked: list[dict[str, Any]] = []
        self.pictures: list[bytes] = []
        self.answer: Ask = lambda _question: ANSWER

    def ask(self, question: dict[str, Any]) -> dict[str, Any]:
        self.asked.append(question)
        self.pictures.append((self._data_dir / question["picture"]).read_bytes())
        return self.answer(question)

    def left(self) -> list[Path]:
        return list((self._data_dir / "questions").glob("*"))


@pytest.fixture(autouse=True)
def worker(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Worker:
    made = Worker(settings.data_dir)
    monkeypatch.setattr(HelperClient, "ask", lambda _self, question: made.ask(question))
    return made


@pytest.fixture
def journal(client: TestClient, database: Database, settings: Settings) -> RunWriter:
    """Of a run that has just been launched."""
    launch(client)
    return the_journal(database, settings)


def run_id(journal: RunWriter) -> str:
    return journal.folder.parent.name


def ask(client: TestClient, journal: RunWriter, body: bytes = b"a picture") -> Any:
    return client.post(f"/api/runs/{run_id(journal)}/predict", content=body)


def test_the_best_model_says_its_likeliest_classes(client: TestClient, journal: RunWriter) -> None:
    journal.prepared(DIGITS, None)
    journal.saved(saved_epoch(journal, 1))

    answer = ask(client, journal)

    assert answer.status_code == 200, answer.text
    assert answer.json() == {
        "top": [{"class": "3", "probability": 0.75}, {"class": "8", "probability": 0.125}],
        "epoch": 1,
        "seen": ANSWER["seen"],
    }


def test_a_worker_is_asked_by_file_and_the_file_goes(client: TestClient, journal: RunWriter, worker: Worker) -> None:
    journal.prepared(DIGITS, PixelStatistics((120.5,), (60.25,)))
    journal.saved(saved_epoch(journal, 1))

    ask(client, journal, b"the bytes")

    (question,) = worker.asked
    assert question["model"] == {
        "path": f"runs/{run_id(journal)}/e1/best-1.keras",
        "sha256": sha_of("best-1.keras"),
        "epoch": 1,
    }
    assert question["preprocessing"] == {
        "image_shape": (8, 8, 1),
        "fit": "stretch",
        "scaling": "unit",
        "statistics": {"mean": [120.5], "deviation": [60.25]},
    }
    assert worker.pictures == [b"the bytes"]
    assert worker.left() == []


def test_the_model_that_has_just_come_is_asked_where_the_other_is_gone(
    client: TestClient, journal: RunWriter, worker: Worker
) -> None:
    journal.prepared(DIGITS, None)
    journal.saved(saved_epoch(journal, 1))

    def better_comes(question: dict[str, Any]) -> dict[str, Any]:
        if question["model"]["epoch"] == 1:
            journal.saved(saved_epoch(journal, 2))
            return {"gone": True}
        return ANSWER

    worker.answer = better_comes

    assert ask(client, journal).json()["epoch"] == 2


def test_models_that_are_always_gone_are_told(client: TestClient, journal: RunWriter, worker: Worker) -> None:
    journal.prepared(DIGITS, None)
    journal.saved(saved_epoch(journal, 1))

    def better_comes(question: dict[str, Any]) -> dict[str, Any]:
        journal.saved(saved_epoch(journal, question["model"]["epoch"] + 1))
        return {"gone": True}

    worker.answer = better_comes

    answer = ask(client, journal)

    assert answer.status_code == 503
    assert "ask again in some seconds" in answer.json()["detail"]


def test_a_model_that_its_worker_does_not_find_is_told_as_such(
    client: TestClient, journal: RunWriter, worker: Worker
) -> None:
    journal.prepared(DIGITS, None)
    journal.saved(saved_epoch(journal, 1))
    worker.answer = lambda _question: {"gone": True}

    answer = ask(client, journal)

    assert answer.status_code == 503
    assert "can't find the file of this run's best model" in answer.json()["detail"]


def test_without_a_model_it_says_when(client: TestClient, journal: RunWriter, worker: Worker) -> None:
    answer = ask(client, journal)

    assert answer.status_code == 409
    assert "has no model yet, it is preparing; ask again after its first epoch" in answer.json()["detail"]
    assert worker.asked == []


def test_a_run_that_failed_without_a_model_has_nothing_to_ask(
    client: TestClient, journal: RunWriter, database: Database
) -> None:
    change(database, run_id(journal), status="failed")

    answer = ask(client, journal)

    assert answer.status_code == 409
    assert "is failed without a best model" in answer.json()["detail"]


def test_an_unknown_run_is_not_found(client: TestClient) -> None:
    answer = client.post("/api/runs/nothing/predict", content=b"x")

    assert answer.status_code == 404


def test_what_is_wrong_with_a_picture_is_told_and_its_file_goes(
    client: TestClient, journal: RunWriter, worker: Worker
) -> None:
    journal.prepared(DIGITS, None)
    journal.saved(saved_epoch(journal, 1))

    def refuse(_question: dict[str, Any]) -> dict[str, Any]:
        raise Invalid("This picture can't be used: it is damaged.")

    worker.answer = refuse
    answer = ask(client, journal)

    assert answer.status_code == 422
    assert answer.json()["detail"] == "This picture can't be used: it is damaged."
    assert worker.left() == []


def test_an_empty_body_is_refused_unasked(client: TestClient, journal: RunWriter, worker: Worker) -> None:
    journal.prepared(DIGITS, None)
    journal.saved(saved_epoch(journal, 1))

    answer = ask(client, journal, b"")

    assert answer.status_code == 422
    assert "The body is empty; send the bytes of an image" in answer.json()["detail"]
    assert worker.asked == []


@pytest.mark.parametrize("tells_its_length", [True, False])
def test_too_large_a_picture_is_refused_unasked(
    client: TestClient, journal: RunWriter, worker: Worker, monkeypatch: pytest.MonkeyPatch, tells_its_length: bool
) -> None:
    monkeypatch.setattr("backend.api.predict.MAX_PICTURE_BYTES", 2_000_000)
    journal.prepared(DIGITS, None)
    journal.saved(saved_epoch(journal, 1))
    body: Any = bytes(2_000_001) if tells_its_length else (bytes(1_000_001) for _ in range(2))

    answer = client.post(f"/api/runs/{run_id(journal)}/predict", content=body)

    assert answer.status_code == 413
    assert "larger than the 2,000,000 bytes that are allowed for one picture" in answer.json()["detail"]
    assert worker.asked == worker.left() == []


def test_a_run_of_before_reads_what_it_needs_from_its_dataset(
    client: TestClient, journal: RunWriter, worker: Worker, database: Database
) -> None:
    leaves = Manifest("leaves", ["ash", "oak"], [16, 16, 3], {}, "h", fit="pad", image_size=16, color="rgb")
    change(database, run_id(journal), dataset="leaves", dataset_hash="h")
    with database.write() as session:
        session.add(Dataset(name="leaves", status="ready", manifest=leaves.as_json(), touched_at=0.0))
    journal.saved(saved_epoch(journal, 1))
    worker.answer = lambda _question: {**ANSWER, "top": [[1, 0.5]]}

    answer = ask(client, journal)

    assert answer.json()["top"] == [{"class": "oak", "probability": 0.5}]
    assert worker.asked[0]["preprocessing"]["fit"] == "pad"


def test_a_run_of_before_whose_dataset_is_another_one_says_so(
    client: TestClient, journal: RunWriter, database: Database
) -> None:
    change(database, run_id(journal), dataset="leaves", dataset_hash="h")
    journal.saved(saved_epoch(journal, 1))

    answer = ask(client, journal)

    assert answer.status_code == 409
    assert "its dataset 'leaves' is gone, or another one by now" in answer.json()["detail"]


def test_a_run_of_before_on_a_built_in_dataset_needs_nothing_else(
    client: TestClient, journal: RunWriter, worker: Worker
) -> None:
    journal.saved(saved_epoch(journal, 1))

    assert ask(client, journal).status_code == 200
    assert worker.asked[0]["preprocessing"]["image_shape"] == (8, 8, 1)


def test_a_run_of_before_without_its_statistics_says_so(
    client: TestClient, database: Database, settings: Settings
) -> None:
    spec = client.get("/api/recipes").json()["items"][0]["spec"]
    launch(client, spec={**spec, "preprocessing": {"scaling": "standard"}})
    journal = the_journal(database, settings)
    journal.saved(saved_epoch(journal, 1))

    answer = ask(client, journal)

    assert answer.status_code == 409
    assert "the mean and deviation that its pixels are scaled by were not kept" in answer.json()["detail"]


def test_pictures_that_a_killed_service_left_are_swept(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = prediction.new_path(settings.data_dir)
    left.parent.mkdir(parents=True)
    left.write_bytes(picture())
    with database.read() as session:
        uploads.sweep(session, settings.data_dir)
        assert left.exists(), "it may be waiting for its answer"

        monkeypatch.setattr(uploads, "STALE_SECONDS", -1.0)
        uploads.sweep(session, settings.data_dir)

    assert not left.exists()


def change(database: Database, run: str, **values: Any) -> None:
    with database.write() as session:
        row = session.get(Run, run)
        assert row is not None
        for name, value in values.items():
            setattr(row, name, value)
