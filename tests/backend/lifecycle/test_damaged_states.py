"""Resuming after a kill with damaged files: a state falls back to the one before, on both databases."""

from pathlib import Path

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from backend.db.engine import Database
from backend.db.models import Artifact, Epoch, State
from backend.runs.event_log import stored_events
from backend.settings import Settings
from tests.support.runs.resumed_runs import DIGITS, log_of, resume
from tests.support.runs.run_life import claim_writer, launch, saved_epoch
from worker.run_writer import RunWriter


@pytest.fixture
def killed(client: TestClient, database: Database, settings: Settings) -> tuple[str, RunWriter]:
    """Returns a run that was killed after four epochs, the last its best, and the writer of its next trainer."""
    run_id = launch(client, spec={**DIGITS, "epochs": 9})
    writer = claim_writer(database, settings)
    writer.training_started(10)
    for number, is_best in ((1, True), (2, False), (3, False), (4, True)):
        writer.save_epoch(saved_epoch(writer, number, best=is_best, val_loss=10.0 - number))
    client.post(f"/api/runs/{run_id}/stop", json={"mode": "kill"})
    resume(client, run_id)
    return run_id, claim_writer(database, settings)


def test_a_damaged_state_falls_back_to_the_one_before_and_its_best_model(
    client: TestClient, database: Database, settings: Settings, killed: tuple[str, RunWriter]
) -> None:
    run_id, successor = killed
    truncate(settings, database, 4)

    task = successor.load_task()

    run = client.get(f"/api/runs/{run_id}").json()
    assert task.state is not None
    assert task.best is not None
    assert (task.state.name, task.best.name) == ("state-3.npz", "best-1.keras")
    assert task.best.is_file()
    assert (run["epoch"], run["metrics"]["val_loss"], run["best"]["epoch"], run["spark"]) == (
        3,
        7.0,
        1,
        [9.0, 8.0, 7.0],
    )
    assert run["best"]["value"] == 9.0
    assert client.get(f"/api/runs/{run_id}/metrics").json()["epochs"] == [1, 2, 3]
    assert kinds_after_resume(database, run_id)[-3:] == ["log", "reset", "status"]
    assert "The state saved after epoch 4 is damaged or missing; training resumes after epoch 3" in log_of(
        client, run_id
    )


def test_a_damaged_best_model_invalidates_its_state(
    database: Database, settings: Settings, killed: tuple[str, RunWriter]
) -> None:
    with database.read() as session:
        best = session.scalars(select(Artifact.path).where(Artifact.name == "best.keras")).one()
    (settings.data_dir / best).write_bytes(b"torn")

    task = killed[1].load_task()

    assert task.state is not None
    assert task.state.name == "state-3.npz"


def test_without_an_intact_state_it_starts_from_the_beginning_and_logs_it(
    client: TestClient, database: Database, settings: Settings, killed: tuple[str, RunWriter]
) -> None:
    run_id, successor = killed
    truncate(settings, database, 3)
    truncate(settings, database, 4)

    task = successor.load_task()

    run = client.get(f"/api/runs/{run_id}").json()
    assert (task.state, task.best) == (None, None)
    assert (run["epoch"], run["best"], run["metrics"], run["spark"]) == (0, None, None, [])
    with database.read() as session:
        assert session.scalars(select(Epoch)).all() == []
        assert session.scalars(select(Artifact)).all() == []
    assert "is damaged or missing; training resumes from the beginning" in log_of(client, run_id)


def test_an_intact_state_is_resumed_without_a_log_line(client: TestClient, killed: tuple[str, RunWriter]) -> None:
    task = killed[1].load_task()

    assert task.state is not None
    assert task.state.name == "state-4.npz"
    assert "damaged" not in log_of(client, killed[0])


def test_uncommitted_files_of_a_lost_trainer_are_deleted(killed: tuple[str, RunWriter]) -> None:
    _, successor = killed
    before = successor.folder.parent / "e1"
    kept = sorted(path.name for path in before.iterdir())
    for name in ("state-5.npz", "writing-best-5.keras"):
        (before / name).write_bytes(b"half")

    successor.load_task()

    assert sorted(path.name for path in before.iterdir()) == kept


def truncate(settings: Settings, database: Database, epoch: int) -> None:
    """Truncates the state's file to half its size, as a power cut may do."""
    with database.read() as session:
        path: Path = settings.data_dir / session.scalars(select(State.path).where(State.epoch == epoch)).one()
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def kinds_after_resume(database: Database, run_id: str) -> list[str]:
    with database.read() as session:
        return [event.kind for event in stored_events(session, run_id, 0)]
