"""Publishes events to Redis streams: one for each run, and one for the whole board."""

import logging
import time
from collections.abc import Iterable
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from backend.runs.event_log import RunEvent

log = logging.getLogger(__name__)

STREAM_LENGTH = 1_000


STREAM_SECONDS = 86_400


BOARD = "board"


AWAY_SECONDS = 5.0


class RedisStream:
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
