"""Streams the events of one run: the stored ones first, then live ones until the run ends."""

from collections.abc import AsyncIterator
from typing import cast

from starlette.concurrency import run_in_threadpool

from backend.db.engine import Database
from backend.db.models import ENDED
from backend.live.hub import Hub, Subscriber
from backend.runs.event_log import RunEvent, stored_events
from backend.runs.read import get_run


async def stream_run(hub: Hub, database: Database, run_id: str, after: int) -> AsyncIterator[RunEvent]:
    """Yields every stored event after number `after` once and in order, and live progress between them.

    The stream finishes with an `end` event once the run has ended and all its events are sent, and without one when
    the subscriber was closed for being too slow. A run that was resumed before its `end` was sent is followed on.
    """
    with hub.subscribe(run_id) as subscriber:
        while not subscriber.closed:
            async for event in replay(database, run_id, after):
                after = cast(int, event.seq)
                yield event
            status, last_seq = await run_in_threadpool(_status, database, run_id)
            if last_seq > after:
                continue  # committed in between; Redis may never carry it
            if status in ENDED:
                yield RunEvent(run_id, None, "end", {"status": status})
                return
            async for event in _until_ended(subscriber, database, run_id, after):
                after = event.seq or after
                yield event


async def _until_ended(subscriber: Subscriber, database: Database, run_id: str, after: int) -> AsyncIterator[RunEvent]:
    """Yields live events after number `after` until one says that the run has ended, or the subscriber is closed."""
    async for live in subscriber:
        async for event in _without_gap(live, database, run_id, after):
            after = event.seq or after
            yield event
            if event.kind == "status" and event.payload["status"] in ENDED:
                return


async def _without_gap(live: RunEvent, database: Database, run_id: str, after: int) -> AsyncIterator[RunEvent]:
    """Yields the event if it is the next one, the stored events up to it if some are missing, nothing if it is old."""
    if live.seq is None or live.seq == after + 1:
        yield live
    elif live.seq > after + 1:
        async for event in replay(database, run_id, after):
            yield event


async def replay(database: Database, run_id: str, after: int) -> AsyncIterator[RunEvent]:
    """Yields the stored events after number `after`, in order."""
    while events := await run_in_threadpool(_stored, database, run_id, after):
        for event in events:
            yield event
        after = cast(int, events[-1].seq)


def has_ended(database: Database, run_id: str, after: int) -> bool:
    """Returns whether the run has ended and has no event after number `after`."""
    status, last_seq = _status(database, run_id)
    return status in ENDED and last_seq <= after


def _status(database: Database, run_id: str) -> tuple[str, int]:
    """Returns the status and the last event number of one moment."""
    with database.read() as session:
        run = get_run(session, run_id)
        return run.status, run.last_seq


def _stored(database: Database, run_id: str, after: int) -> list[RunEvent]:
    with database.read() as session:
        return stored_events(session, run_id, after)
