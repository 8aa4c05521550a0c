"""Helpers for tests of studies: create them over HTTP, and end their runs by rows instead of trainings."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from starlette.testclient import TestClient

from backend.db.clock import database_time
from backend.db.engine import Database
from backend.db.models import Artifact, Epoch, Run
from backend.live.redis_stream import RedisStream
from backend.messaging.wakeups import Wakeups
from backend.settings import Settings
from backend.studies.driver import StudyDriver


def create(client: TestClient, **request: Any) -> dict[str, Any]:
    answer = client.post("/api/studies", json={"recipe": "digits-quick", **request})
    assert answer.status_code == 201, answer.text
    assert answer.headers["Location"] == f"/api/studies/{answer.json()['id']}"
    return dict(answer.json())


def read(client: TestClient, study: Mapping[str, Any]) -> dict[str, Any]:
    answer = client.get(f"/api/studies/{study['id']}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def runs_of(client: TestClient, study: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Returns the runs of a study in the order of their trials."""
    page = client.get("/api/runs", params={"study": study["id"], "limit": 200}).json()
    return sorted(page["items"], key=lambda run: run["trial"])


def driver(database: Database, settings: Settings) -> StudyDriver:
    return StudyDriver(settings, database, RedisStream(settings.broker_url), Wakeups(settings))


def train(database: Database, run_id: str, *values: float | None, status: str = "finished") -> None:
    """Gives a run one epoch for each validation accuracy, the last of them its best, and a status."""
    with database.write() as session:
        run = session.get_one(Run, run_id)
        for number, value in enumerate(values, start=run.epoch + 1):
            metrics = {"val_accuracy": value, "val_loss": 1 - value if value is not None else None, "seconds": 1.0}
            session.add(
                Epoch(run_id=run_id, epoch=number, metrics=metrics, predictions="p.npz", predictions_sha256="0")
            )
            run.epoch = number
            if value is not None:
                best = {"epoch": number, "monitor": "val_accuracy", "value": value, "metrics": metrics}
                session.merge(
                    Artifact(run_id=run_id, name="best.keras", epoch=number, path="b.keras", bytes=1, sha256="0")
                )
                run.best, run.best_val_accuracy, run.best_val_loss = best, value, metrics["val_loss"]
        run.status = status
        run.finished_at = database_time(session) if status in ("finished", "failed", "stopped") else None


def first_queued(database: Database, study: Mapping[str, Any]) -> str:
    with database.read() as session:
        runs = select(Run.id).where(Run.study == study["id"], Run.status == "queued").order_by(Run.trial)
        return session.scalars(runs).first() or ""
