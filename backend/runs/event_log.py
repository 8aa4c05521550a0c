"""The event log of a run: events are stored in the transaction that they describe, and published after its commit."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.db.clock import database_time
from backend.db.models import Event, Json, Run
from backend.runs.queue import positions
from backend.runs.schemas import run_read

RETRY_MS = 2_000  # after which a client connects again

Kind = Literal["status", "epoch", "log", "progress", "reset", "end", "deleted", "workers", "datasets"]


@dataclass(frozen=True)
class RunEvent:
    """An event of a run. `seq` rises by one; events that are not stored (`progress`, `end`, `deleted`) have none.

    `workers` is about no run: its `run` is empty, and only the board's stream has it.
    """

    run: str
    seq: int | None
    kind: Kind
    payload: dict[str, Any]

    def as_json(self) -> str:
        return json.dumps({"run": self.run, "seq": self.seq, "kind": self.kind, "payload": self.payload})

    @staticmethod
    def from_json(text: str | bytes) -> "RunEvent":
        return RunEvent(**json.loads(text))

    @cached_property
    def run_message(self) -> bytes:
        """The event in its run's stream, encoded once for all clients."""
        retry_ms = RETRY_MS if self.seq == 1 else None
        return server_sent(self.kind, {"run": self.run, **self.payload}, self.seq, retry_ms)

    @cached_property
    def board_message(self) -> bytes:
        """The event in the board's stream, encoded once for all clients."""
        return server_sent(self.kind, {"run": self.run, "seq": self.seq, **self.payload})


def server_sent(kind: str, data: Mapping[str, Any], number: int | None = None, retry_ms: int | None = None) -> bytes:
    """Returns an event as `text/event-stream` has it. JSON has no line break outside of strings, and escapes those."""
    fields = {"id": number, "event": kind, "data": json.dumps(data), "retry": retry_ms}
    return "".join([*(f"{name}: {value}\n" for name, value in fields.items() if value is not None), "\n"]).encode()


def record(session: Session, run: Run, kind: Kind, payload: dict[str, Any], at: float | None = None) -> RunEvent:
    """Stores an event of now, or of `at`, in the current transaction, which holds the lock of the run's row.

    A run counts its own events, because PostgreSQL assigns sequence numbers out of commit order.
    """
    time = database_time(session) if at is None else at
    run.last_seq += 1
    session.add(Event(run_id=run.id, seq=run.last_seq, kind=kind, time=time, payload=payload))
    return RunEvent(run.id, run.last_seq, kind, payload)


def record_status(session: Session, run: Run) -> RunEvent:
    """Stores a `status` event with the run, without its spec, which may be large: `stored_events` adds it. The event
    has a number of its own."""
    return record_statuses(session, [run])[0]


def record_statuses(session: Session, runs: Sequence[Run]) -> list[RunEvent]:
    """Stores a `status` event of each run, as `record_status`; their queue positions are read at once."""
    session.flush()
    at, queue_positions = database_time(session), positions(session, runs)
    reads = [run_read(run, at, queue_positions.get(run.id)) for run in runs]
    return [
        record(session, run, "status", read.model_dump(mode="json", exclude={"spec", "last_seq"}), at)
        for run, read in zip(runs, reads, strict=True)
    ]


def record_log(session: Session, run: Run, text: str, level: str = "info") -> RunEvent:
    return record(session, run, "log", {"level": level, "text": text})


def stored_events(session: Session, run_id: str, after: int, limit: int = 500) -> list[RunEvent]:
    """Returns up to `limit` events with a number above `after`, in order; a `status` event has the whole run."""
    rows = session.scalars(
        select(Event).where(Event.run_id == run_id, Event.seq > after).order_by(Event.seq).limit(limit)
    ).all()
    has_status = any(row.kind == "status" for row in rows)
    spec = session.scalar(select(Run.spec).where(Run.id == run_id)) if has_status else None
    return [RunEvent(run_id, row.seq, cast(Kind, row.kind), _payload(row, spec or {})) for row in rows]


def _payload(row: Event, spec: Json) -> Json:
    """Adds the spec to a status event. After the run was queued, only a resume changes it: the number of epochs."""
    if row.kind != "status":
        return row.payload
    return {"spec": {**spec, "epochs": row.payload["epochs"]}, **row.payload}
