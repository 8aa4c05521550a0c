"""What happens to a run, told in order: recorded with the change it tells of, and sent on once that is committed."""

import json
import logging
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, cast

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.db import database_time
from backend.line import places
from backend.models import Event, Run
from backend.schemas import run_read

log = logging.getLogger(__name__)

Kind = Literal["status", "epoch", "log", "progress", "reset", "end"]
STREAM_LENGTH = 1_000
STREAM_SECONDS = 86_400
BOARD = "board"
AWAY_SECONDS = 5.0


@dataclass(frozen=True)
class RunEvent:
    """One event of one run. `seq` rises by one; what isn't stored (`progress`, `end`) has none."""

    run: str
    seq: int | None
    kind: Kind
    payload: dict[str, Any]

    def as_json(self) -> str:
        return json.dumps({"run": self.run, "seq": self.seq, "kind": self.kind, "payload": self.payload})

    @staticmethod
    def from_json(text: str | bytes) -> "RunEvent":
        return RunEvent(**json.loads(text))


def record(session: Session, run: Run, kind: Kind, payload: dict[str, Any]) -> RunEvent:
    """Store an event in the transaction of what it tells. The caller holds the run's row lock.

    PostgreSQL hands out sequence numbers out of commit order, so a run counts its own.
    """
    at = database_time(session)
    run.last_seq += 1
    session.add(Event(run_id=run.id, seq=run.last_seq, kind=kind, time=at, payload=payload))
    return RunEvent(run.id, run.last_seq, kind, payload)


def record_status(session: Session, run: Run) -> RunEvent:
    session.flush()
    place = places(session)[run.id] if run.status == "queued" else None
    return record(session, run, "status", run_read(run, database_time(session), place).model_dump(mode="json"))


def record_log(session: Session, run: Run, text: str, level: str = "info") -> RunEvent:
    return record(session, run, "log", {"level": level, "text": text})


def stored(session: Session, run_id: str, after: int, limit: int = 500) -> list[RunEvent]:
    rows = session.scalars(
        select(Event).where(Event.run_id == run_id, Event.seq > after).order_by(Event.seq).limit(limit)
    )
    return [RunEvent(row.run_id, row.seq, cast(Kind, row.kind), row.payload) for row in rows]


class Wire:
    """The live wire to Redis. Sending never raises and never waits long: the database has it all already."""

    def __init__(self, url: str) -> None:
        once = Retry(NoBackoff(), 0)
        self._redis = redis.Redis.from_url(url, socket_timeout=1.0, socket_connect_timeout=1.0, retry=once)
        self._away_until = 0.0

    def publish(self, events: Iterable[RunEvent]) -> None:
        """Add each event to its run's stream under its own number; status changes also to the board's."""
        for event in events:
            self._send(lambda pipe, event=event: _add(pipe, event))

    def progress(self, run_id: str, payload: dict[str, Any]) -> None:
        event = RunEvent(run_id, None, "progress", payload)
        self._send(lambda pipe: pipe.xadd(BOARD, {"event": event.as_json()}, maxlen=STREAM_LENGTH))

    def _send(self, fill: Any) -> None:
        if time.monotonic() < self._away_until:
            return
        try:
            pipe = self._redis.pipeline(transaction=False)
            fill(pipe)
            pipe.execute()
        except redis.ResponseError as error:
            # A stream refuses a number it already has: somebody sent this event before, which is all we want.
            if "equal or smaller" not in str(error):
                self._rest(error)
        except redis.RedisError as error:
            self._rest(error)

    def _rest(self, error: Exception) -> None:
        self._away_until = time.monotonic() + AWAY_SECONDS
        log.warning("Redis did not take an event (%s); the page reads it from the database instead", error)


def _add(pipe: Any, event: RunEvent) -> None:
    fields = {"event": event.as_json()}
    if event.kind == "status":
        pipe.xadd(BOARD, fields, maxlen=STREAM_LENGTH)
    pipe.xadd(f"run:{event.run}", fields, id=f"{event.seq}-0", maxlen=STREAM_LENGTH)
    pipe.expire(f"run:{event.run}", STREAM_SECONDS)
