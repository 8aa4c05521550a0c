"""Publishes events to Redis streams: one for each run, and one for the whole board."""

import functools
import logging
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from backend.messaging.redis_errors import reason
from backend.runs.event_log import RunEvent

log = logging.getLogger(__name__)

BOARD = "board"
STREAM_LENGTH = 250  # entries; a hub that falls behind reads from the database
MAX_EVENT_BYTES = 4_000  # of an entry with its payload: a stream takes at most about 1 MB
STREAM_SECONDS = 600  # expiry of a run's stream after its last event
HEALTH_KEY = "health"
RETRY_SECONDS = 5.0  # no attempt for so long after Redis has failed, so that a trainer does not wait for it


class RedisStream:
    """Publishes committed events. It never raises and never waits for long: the database has every event."""

    def __init__(self, url: str) -> None:
        once = Retry(NoBackoff(), 0)
        self._redis = redis.Redis.from_url(url, socket_timeout=1.0, socket_connect_timeout=1.0, retry=once)
        self._retry_at = 0.0

    def publish(self, events: Iterable[RunEvent]) -> None:
        """Adds each event to its run's stream under its own number, and status events to the board's stream too."""
        for event in events:
            self._send(functools.partial(_add, event=event))

    def progress(self, run_id: str, payload: dict[str, Any]) -> None:
        """Publishes progress, which is not stored and has no number."""
        self._send_to_board([RunEvent(run_id, None, "progress", payload)])

    def deleted(self, run_ids: Iterable[str]) -> None:
        """Publishes that runs were deleted. It has no number, since nothing of a deleted run is stored."""
        self._send_to_board([RunEvent(run_id, None, "deleted", {}) for run_id in run_ids])

    def health(self) -> str:
        """Returns "ok" if Redis accepts a write, else what is wrong, as the rest of a sentence about Redis."""
        try:
            self._redis.set(HEALTH_KEY, "", ex=STREAM_SECONDS)
        except redis.RedisError as error:
            return reason(error)
        return "ok"

    def _send_to_board(self, events: Sequence[RunEvent]) -> None:
        def add(pipe: Any) -> None:
            for event in events:
                pipe.xadd(BOARD, {"event": event.as_json()}, maxlen=STREAM_LENGTH)

        self._send(add)

    def _send(self, add_commands: Callable[[Any], object]) -> None:
        if time.monotonic() < self._retry_at:
            return
        try:
            pipe = self._redis.pipeline(transaction=False)
            add_commands(pipe)
            pipe.execute()
        except redis.ResponseError as error:
            # A stream rejects a number that it already has: the event has been published before.
            if "equal or smaller" not in str(error):
                self._pause(error)
        except redis.RedisError as error:
            self._pause(error)

    def _pause(self, error: Exception) -> None:
        self._retry_at = time.monotonic() + RETRY_SECONDS
        log.warning("Redis %s; subscribers get events from the database", reason(error))


def _add(pipe: Any, event: RunEvent) -> None:
    fields = {"event": _entry(event)}
    if event.kind == "status":
        pipe.xadd(BOARD, fields, maxlen=STREAM_LENGTH)
    pipe.xadd(f"run:{event.run}", fields, id=f"{event.seq}-0", maxlen=STREAM_LENGTH)
    pipe.expire(f"run:{event.run}", STREAM_SECONDS)


def _entry(event: RunEvent) -> str:
    """Returns an event as JSON, without payload if the hub has to read it from the database.

    That is a large one, and `status`, to which the database adds the spec.
    """
    text = event.as_json()
    is_complete = event.kind != "status" and len(text) <= MAX_EVENT_BYTES
    return text if is_complete else replace(event, payload={}).as_json()
