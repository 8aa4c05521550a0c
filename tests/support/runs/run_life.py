"""Helpers for tests of a run's life: queue it over HTTP, claim it, and write its epochs."""

import hashlib
from typing import Any

from starlette.testclient import TestClient

from backend.db.engine import Database
from backend.files import SavedFile
from backend.lifecycle import leases
from backend.lifecycle.leases import Lease
from backend.live.redis_stream import RedisStream
from backend.settings import Settings
from worker.run_writer import RunWriter
from worker.training.report import Outcome, SavedEpoch

METRICS = {"loss": 1.0, "accuracy": 0.5, "val_loss": 2.0, "val_accuracy": 0.4, "val_macro_f1": 0.3}


def launch(client: TestClient, **body: Any) -> str:
    answer = client.post("/api/runs", json=body or {"recipe": "digits-quick"})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def claim(database: Database) -> Lease:
    with database.write() as session:
        claimed = leases.claim(session, "w", "cpu-0", 30)
    assert claimed is not None
    return claimed[0]


def claim_writer(database: Database, settings: Settings) -> RunWriter:
    """Claims the first run in the queue and returns its writer."""
    writer = RunWriter(database, RedisStream(settings.broker_url), settings.data_dir, claim(database))
    writer.folder.mkdir(parents=True, exist_ok=True)
    return writer


def run_in_training(client: TestClient, database: Database, settings: Settings, **body: Any) -> tuple[str, RunWriter]:
    """Returns a run that has saved its first epoch, and the writer of its trainer. `body` is that of `launch`."""
    run_id = launch(client, **body)
    writer = claim_writer(database, settings)
    writer.save_epoch(saved_epoch(writer, 1))
    return run_id, writer


def trained_run(client: TestClient, database: Database, settings: Settings) -> tuple[str, RunWriter]:
    """Returns a run that has ended after one epoch, which requests its bundle, and the writer of its trainer."""
    run_id, writer = run_in_training(client, database, settings)
    end_training(writer)
    return run_id, writer


def end_training(writer: RunWriter) -> None:
    """Records the end of a training after all of its epochs."""
    final = saved_file(writer, "final.keras")
    writer.record_end(Outcome("epochs", final, final))


def saved_file(writer: RunWriter, name: str) -> SavedFile:
    path = writer.folder / name
    path.write_bytes(name.encode())
    return SavedFile(path, len(name), sha_of(name))


def sha_of(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def saved_epoch(writer: RunWriter, number: int, *, best: bool = True, **metrics: float) -> SavedEpoch:
    return SavedEpoch(
        epoch=number,
        metrics={**METRICS, **metrics},
        predictions=saved_file(writer, f"predictions-{number}-validation.npz"),
        state=saved_file(writer, f"state-{number}.npz"),
        best=saved_file(writer, f"best-{number}.keras") if best else None,
        probabilities=saved_file(writer, f"probabilities-{number}-validation.npy") if best else None,
    )
