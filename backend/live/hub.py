"""One reader of Redis for the whole process, and who listens to it.

The hub hands every run's events on in order, without a hole and without a repeat: what the wire lost or never got
is read from the database. So a listener that starts at a known number and stays gets everything.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Iterator
from typing import Any, cast

import redis.asyncio
from redis import RedisError
from sqlalchemy import or_, select
from starlette.concurrency import run_in_threadpool

from backend.db.engine import Database
from backend.db.models import ACTIVE, Run
from backend.live.redis_stream import BOARD
from backend.runs.event_log import RunEvent, stored_events

log = logging.getLogger(__name__)

QUEUE_LENGTH = 256
BLOCK_MS = 1_000
POLL_SECONDS = 2.0
POLL_SECONDS_AWAY = 0.5
AGAIN_SECONDS = 0.5
ENDED_REMEMBERED = 1_000
FIRST = b"0-0"


class Listener:
    """A bounded queue of events. One that is read too slowly is closed; its client comes back where it was."""

    def __init__(self, run_id: str | None) -> None:
        self.run_id = run_id
        self._queue: asyncio.Queue[RunEvent | None] = asyncio.Queue(QUEUE_LENGTH)
        self._closed = False

    def put(self, event: RunEvent) -> None:
        if self._closed or self.run_id not in (None, event.run):
            return
        if self._queue.qsize() >= QUEUE_LENGTH - 1:
            self.close()
        else:
            self._queue.put_nowait(event)

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._queue.put_nowait(None)

    async def __aiter__(self) -> AsyncIterator[RunEvent]:
        while (event := await self._queue.get()) is not None:
            yield event


class Hub:
    def __init__(self, database: Database, wire_url: str) -> None:
        self._database = database
        self._wire_url = wire_url
        self._listeners: set[Listener] = set()
        self._seen: dict[str, int] = {}
        self._places: dict[str, str] = {}
        self._order = asyncio.Lock()
        self.connected = False

    @contextlib.contextmanager
    def listen(self, run_id: str | None = None) -> Iterator[Listener]:
        """Hear everything of one run, or of the board, from now on."""
        listener = Listener(run_id)
        self._listeners.add(listener)
        try:
            yield listener
        finally:
            self._listeners.discard(listener)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Read the wire while the block runs."""
        await self._begin()
        tasks = [asyncio.create_task(self._read_for_ever()), asyncio.create_task(self._poll_for_ever())]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for listener in list(self._listeners):
                listener.close()

    async def _begin(self) -> None:
        for run_id, last_seq in await run_in_threadpool(self._active, []):
            self._seen[run_id] = last_seq
            self._places[_stream(run_id)] = f"{last_seq}-0"

    async def _read_for_ever(self) -> None:
        while True:
            try:
                async with redis.asyncio.Redis.from_url(self._wire_url, socket_timeout=5.0) as client:
                    self._places[BOARD] = await _newest(client)
                    self.connected = True
                    while True:
                        await self._read(client)
            except (RedisError, OSError) as error:
                if self.connected:
                    log.warning("Redis is away (%s); events come from the database meanwhile", error)
            except Exception:
                log.exception("The reader of events met an error and begins again")
            self.connected = False
            await asyncio.sleep(AGAIN_SECONDS)

    async def _read(self, client: "redis.asyncio.Redis") -> None:
        streams: Any = dict(self._places)
        answer: Any = await client.xread(streams, count=100, block=BLOCK_MS)
        for stream, entries in answer or []:
            for place, fields in entries:
                self._places[stream.decode()] = place.decode()
                await self._deliver(RunEvent.from_json(fields[b"event"]))

    async def _poll_for_ever(self) -> None:
        """Heal what the wire never carried: events committed while Redis was away, or wiped with it."""
        while True:
            await asyncio.sleep(POLL_SECONDS if self.connected else POLL_SECONDS_AWAY)
            try:
                await self._poll()
            except Exception:
                log.exception("Comparing events with the database failed; the next turn tries again")

    async def _poll(self) -> None:
        followed = [run_id for run_id in self._seen if _stream(run_id) in self._places]
        for run_id, last_seq in await run_in_threadpool(self._active, followed):
            if last_seq > self._seen.get(run_id, 0):
                await self._heal(run_id)
        self._forget()

    def _forget(self) -> None:
        """Drop the oldest of the ended runs: their numbers only spare the board a repeat."""
        ended = [run_id for run_id in self._seen if _stream(run_id) not in self._places]
        for run_id in ended[:-ENDED_REMEMBERED]:
            del self._seen[run_id]

    def _active(self, also: list[str]) -> list[tuple[str, int]]:
        wanted = or_(Run.status.in_(ACTIVE), Run.id.in_(also))
        with self._database.read() as session:
            return [(row.id, row.last_seq) for row in session.execute(select(Run.id, Run.last_seq).where(wanted))]

    async def _deliver(self, event: RunEvent) -> None:
        async with self._order:
            if event.seq is None:
                self._hand_on(event)
                return
            # Of a run that isn't followed yet, what comes first counts as next; `follow` looks for a hole before it.
            seen = self._seen.get(event.run, event.seq - 1)
            if event.seq > seen + 1:
                await self._catch_up(event.run, seen)
            elif event.seq == seen + 1:
                self._hand_on(event)

    async def _heal(self, run_id: str) -> None:
        async with self._order:
            await self._catch_up(run_id, self._seen.get(run_id, 0))

    async def _catch_up(self, run_id: str, seen: int) -> None:
        while events := await run_in_threadpool(self._stored, run_id, seen):
            for event in events:
                self._hand_on(event)
            seen = cast(int, events[-1].seq)

    def _stored(self, run_id: str, after: int) -> list[RunEvent]:
        with self._database.read() as session:
            return stored_events(session, run_id, after)

    def _hand_on(self, event: RunEvent) -> None:
        if event.seq is not None:
            self._seen[event.run] = event.seq
        if event.kind == "status":
            self._watch(event)
        for listener in list(self._listeners):
            listener.put(event)

    def _watch(self, event: RunEvent) -> None:
        """Follow the stream of a run from its first active status to its end."""
        if event.payload["status"] in ACTIVE:
            self._places.setdefault(_stream(event.run), f"{event.seq}-0")
        else:
            self._places.pop(_stream(event.run), None)


def _stream(run_id: str) -> str:
    return f"run:{run_id}"


async def _newest(client: "redis.asyncio.Redis") -> str:
    """The place after the newest entry of the board: `$` would lose what comes between two reads."""
    newest: Any = await client.xrevrange(BOARD, count=1)
    place: bytes = newest[0][0] if newest else FIRST
    return place.decode()
