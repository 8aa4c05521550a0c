"""What a trainer announces while the database takes no results, and logs afterwards."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from backend.db import engine
from backend.db.engine import Database
from backend.db.models import Event, Run
from backend.lifecycle import leases
from backend.lifecycle.leases import Lease
from backend.live.redis_stream import RedisStream
from backend.runs.create import queue_new_run
from backend.runs.schemas import RunCreate
from backend.settings import Settings
from tests.support.runs.run_life import saved_epoch as epoch
from worker import run_writer
from worker.run_writer import RunWriter


@pytest.mark.parametrize(("short_seconds", "announced"), [(0.0, 2), (60.0, 0)])
def test_a_long_outage_of_the_database_is_announced_while_it_lasts_and_logged_once_it_is_over(
    short_seconds: float, announced: int, database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.write() as session:
        queue_new_run(session, RunCreate(recipe="digits-quick"))
        claimed = leases.claim(session, "w", "cpu-0", 30)
    assert claimed is not None
    writer = RunWriter(database, RedisStream(settings.broker_url), settings.data_dir, claimed[0])
    writer.folder.mkdir(parents=True)
    full = OperationalError("INSERT", {}, Exception("could not extend file: No space left on device"))
    answers = iter([full, full])

    def fence_or_fail(session: Session, lease: Lease) -> Run:
        for error in answers:
            raise error
        return leases.fence(session, lease)

    monkeypatch.setattr(run_writer, "fence", fence_or_fail)
    monkeypatch.setattr(engine, "RETRY_SECONDS", 0.01)
    monkeypatch.setattr(run_writer, "SHORT_OUTAGE_SECONDS", short_seconds)
    monkeypatch.setattr(run_writer, "LONG_OUTAGE_SECONDS", 0.02)
    published: list[dict[str, Any]] = []
    monkeypatch.setattr(RedisStream, "progress", lambda _stream, _run, payload: published.append(payload))

    writer.save_epoch(epoch(writer, 1, best=True))

    assert [payload["waits"] for payload in published] == [
        "The database takes no results (could not extend file: No space left on device)"
    ] * announced
    with database.read() as session:
        [saved] = session.scalars(select(Run.epoch))
        [line] = [row.payload for row in session.scalars(select(Event).where(Event.kind == "log"))][-1:]
    assert (saved, line["level"]) == (1, "warning")
    assert line["text"] == "The database took no results for 0 s (could not extend file: No space left on device)"
