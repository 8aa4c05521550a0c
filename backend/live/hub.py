"""The one reader of Redis streams in a process, and its subscribers.

The hub delivers the events of each run in order, without a gap or a repeat: what Redis lost or never received is read
from the database. A subscriber that starts at a known number and keeps up gets every event.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Collection, Iterator
from typing import Any, cast

import redis.asyncio
from anyio import create_task_group, move_on_after
from redis import RedisError
from sqlalchemy import select
from starlette.concurrency import run_in_threadpool

from backend.db.clock import database_time
from backend.db.engine import Database
from backend.db.errors import NO_ANSWER, reason
from backend.db.models import HELD, Event, Run
from backend.live.redis_stream import BOARD
from backend.runs.event_log import RunEvent, stored_events

log = logging.getLogger(__name__)

QUEUE_LENGTH = 256  # events that a subscriber may lag behind
BLOCK_MS = 1_000
POLL_SECONDS = 2.0  # comparing with the database while Redis answers
POLL_SECONDS_WITHOUT_REDIS = 0.5
RECONNECT_SECONDS = 0.5
CLOSE_SECONDS = 1.0
OVERLAP_SECONDS = 60.0  # of two polls: an event has the time at which its transaction, however long, stored it
FIRST_ID = b"0-0"


class Subscriber:
    """A bounded queue of events. It is closed when it is read too slowly; the client reconnects and resumes."""

    def __init__(self, run_id: str | None) -> None:
        self.run_id = run_id
        self._events: list[RunEvent] = []
        self._has_news = asyncio.Event()
        self.closed = False

    def put(self, event: RunEvent) -> None:
        if self.closed or self.run_id not in (None, event.run):
            return
        if len(self._events) >= QUEUE_LENGTH - 1:
            self.close()
        else:
            self._events.append(event)
            self._has_news.set()

    def close(self) -> None:
        self.closed = True
        self._has_news.set()

    async def batches(self) -> AsyncIterator[list[RunEvent]]:
        """Yields all events that wait, as soon as there is one."""
        while self._events or not self.closed:
            await self._has_news.wait()
            self._has_news.clear()
            events, self._events = self._events, []
            if events:
                yield events

    async def __aiter__(self) -> AsyncIterator[RunEvent]:
        async for events in self.batches():
            for event in events:
                yield event


class Hub:
    """Reads Redis and the database, and puts every event into the queues of its subscribers."""

    def __init__(self, database: Database, broker_url: str) -> None:
        self._database = database
        self._broker_url = broker_url
        self._subscribers: set[Subscriber] = set()
        self._last_seq: dict[str, int] = {}  # of runs that are followed, or had an event within OVERLAP_SECONDS
        self._positions: dict[str, str] = {}
        self._polled_at: float | None = None  # by the database's clock
        self._delivery_lock = asyncio.Lock()
        self._is_closed = False
        self.connected = False

    @contextlib.contextmanager
    def subscribe(self, run_id: str | None = None) -> Iterator[Subscriber]:
        """Yields a subscriber to the events of one run, or of all runs, from now on."""
        subscriber = Subscriber(run_id)
        self._subscribers.add(subscriber)
        if self._is_closed:
            subscriber.close()
        try:
            yield subscriber
        finally:
            self._subscribers.discard(subscriber)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Reads Redis and polls the database for the duration of the block."""
        await self._initialize()
        async with create_task_group() as tasks:
            tasks.start_soon(self._read_loop)
            tasks.start_soon(self._poll_loop)
            yield
            tasks.cancel_scope.cancel()  # waits for a query that runs in a thread, so that no connection is left open
        self.close()

    def close(self) -> None:
        """Ends all subscriptions, and those that begin later at once."""
        self._is_closed = True
        for subscriber in list(self._subscribers):
            subscriber.close()

    def has_board_subscribers(self) -> bool:
        return any(subscriber.run_id is None for subscriber in self._subscribers)

    def announce(self, event: RunEvent) -> None:
        """Delivers an event that no process publishes and that has no number."""
        self._dispatch(event)

    async def _initialize(self) -> None:
        for run_id, last_seq in await run_in_threadpool(self._held):
            self._last_seq[run_id] = last_seq
            self._positions[_stream(run_id)] = f"{last_seq}-0"
        for run_id, (_first_seq, last_seq) in (await run_in_threadpool(self._recent)).items():
            self._last_seq.setdefault(run_id, last_seq)

    async def _read_loop(self) -> None:
        while True:
            try:
                async with _connection(self._broker_url) as client:
                    self._positions[BOARD] = await _newest_id(client)
                    self.connected = True
                    while True:
                        await self._read(client)
            except (RedisError, OSError) as error:
                if self.connected:
                    log.warning("Redis does not answer (%s); events are read from the database until it does", error)
            except Exception:
                log.exception("Reading events from Redis failed; reconnecting")
            self.connected = False
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _read(self, client: "redis.asyncio.Redis") -> None:
        streams: Any = dict(self._positions)
        reply: Any = await client.xread(streams, count=100, block=BLOCK_MS)
        for stream, entries in reply or []:
            for entry_id, fields in entries:
                self._positions[stream.decode()] = entry_id.decode()
                await self._deliver(RunEvent.from_json(fields[b"event"]))

    async def _poll_loop(self) -> None:
        """Delivers events that Redis never carried: committed while it did not answer, or wiped with it."""
        while True:
            await asyncio.sleep(POLL_SECONDS if self.connected else POLL_SECONDS_WITHOUT_REDIS)
            try:
                await self._poll()
            except NO_ANSWER as error:
                log.warning("The database did not answer (%s); its events are looked for again", reason(error))
            except Exception:
                log.exception("Polling the database for events failed; trying again")

    async def _poll(self) -> None:
        known = dict(self._last_seq)
        recent = await run_in_threadpool(self._recent)
        for run_id, (first_seq, last_seq) in recent.items():
            if last_seq > self._last_seq.get(run_id, first_seq - 1):
                await self._deliver_missing(run_id, first_seq)
        self._forget(known, recent.keys())

    def _forget(self, known: dict[str, int], recent: Collection[str]) -> None:
        """Forgets the runs that are not followed and had no event for a while: no poll finds an old event of theirs."""
        for run_id, last_seq in known.items():
            is_followed = _stream(run_id) in self._positions
            if not is_followed and run_id not in recent and self._last_seq[run_id] == last_seq:
                del self._last_seq[run_id]

    def _held(self) -> list[tuple[str, int]]:
        """Returns the id and last event number of each claimed run."""
        with self._database.read() as session:
            held = select(Run.id, Run.last_seq).where(Run.status.in_(HELD))
            return [(run_id, last_seq) for run_id, last_seq in session.execute(held)]

    def _recent(self) -> dict[str, tuple[int, int]]:
        """Returns the first and last number of each run's events since the last poll, and for a while before it."""
        with self._database.read() as session:
            now = database_time(session)
            since = (now if self._polled_at is None else self._polled_at) - OVERLAP_SECONDS
            rows = session.execute(select(Event.run_id, Event.seq).where(Event.time >= since)).all()
        self._polled_at = now
        recent: dict[str, tuple[int, int]] = {}
        for run_id, seq in rows:  # not by GROUP BY, for which SQLite reads all events in the order of their key
            first_seq, last_seq = recent.get(run_id, (seq, seq))
            recent[run_id] = min(first_seq, seq), max(last_seq, seq)
        return recent

    async def _deliver(self, event: RunEvent) -> None:
        async with self._delivery_lock:
            if event.seq is None:
                self._dispatch(event)
                return
            # The first event of an unknown run counts as its next one; `stream_run` checks for a gap before it.
            last_seq = self._last_seq.get(event.run, event.seq - 1)
            if event.seq == last_seq + 1 and event.payload:
                self._dispatch(event)
            elif event.seq > last_seq:
                await self._deliver_stored(event.run, last_seq)

    async def _deliver_missing(self, run_id: str, first_seq: int) -> None:
        async with self._delivery_lock:
            await self._deliver_stored(run_id, self._last_seq.get(run_id, first_seq - 1))

    async def _deliver_stored(self, run_id: str, after: int) -> None:
        while events := await run_in_threadpool(self._stored, run_id, after):
            for event in events:
                self._dispatch(event)
            after = cast(int, events[-1].seq)

    def _stored(self, run_id: str, after: int) -> list[RunEvent]:
        with self._database.read() as session:
            return stored_events(session, run_id, after)

    def _dispatch(self, event: RunEvent) -> None:
        if event.seq is not None:
            self._last_seq[event.run] = event.seq
        if event.kind == "status":
            self._watch(event)
        for subscriber in list(self._subscribers):
            subscriber.put(event)

    def _watch(self, event: RunEvent) -> None:
        """Starts reading a run's stream when it is claimed, and stops when it is not; its status is on the board."""
        if event.payload["status"] in HELD:
            self._positions.setdefault(_stream(event.run), f"{event.seq}-0")
        else:
            self._positions.pop(_stream(event.run), None)


def _stream(run_id: str) -> str:
    return f"run:{run_id}"


@contextlib.asynccontextmanager
async def _connection(url: str) -> AsyncIterator["redis.asyncio.Redis"]:
    """Yields a client whose connection is closed even when the task is cancelled, which would interrupt its closing."""
    client = redis.asyncio.Redis.from_url(url, socket_timeout=5.0)
    try:
        yield client
    finally:
        with move_on_after(CLOSE_SECONDS, shield=True):
            await client.aclose()


async def _newest_id(client: "redis.asyncio.Redis") -> str:
    """Returns the id of the newest entry of the board: `$` would miss entries between two reads."""
    newest: Any = await client.xrevrange(BOARD, count=1)
    entry_id: bytes = newest[0][0] if newest else FIRST_ID
    return entry_id.decode()
