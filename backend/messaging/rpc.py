"""Calls to the helper, the worker process with Keras: sent on the Celery queue `quick`, answered in a Redis list."""

import json
import uuid
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from backend.errors import Invalid, Unavailable
from backend.messaging.redis_errors import reason
from backend.messaging.wakeups import Wakeups
from backend.settings import Settings

WAIT_SECONDS = 30.0  # the first call waits for TensorFlow's import, possibly beside a training
REPLY_EXPIRES_SECONDS = 60
REQUEST_FILES = "questions"  # folder of files too large for Redis; older versions have it under this name


class HelperClient:
    """Calls the helper and waits for its reply."""

    def __init__(self, settings: Settings, wakeups: Wakeups) -> None:
        self._redis = connect(settings)
        self._wakeups = wakeups

    def call(self, request: dict[str, Any]) -> dict[str, Any]:
        """Returns the reply to a request, a dict of `kind` and that kind's arguments.

        Raises:
            Invalid: The helper refused the request.
            Unavailable: No worker replied in time, or the helper failed.
        """
        from backend.messaging.celery_app import BROKER_ERRORS  # here, so that the service starts without Celery

        reply_key = f"answer:{uuid.uuid4().hex}"
        try:
            self._wakeups.answer(reply_key, request, WAIT_SECONDS)
            item = self._redis.blpop([reply_key], timeout=WAIT_SECONDS)
        except BROKER_ERRORS as error:
            raise Unavailable(
                f"Redis did not accept the request: it {reason(error)}. Try again in a few seconds."
            ) from error
        if item is None:
            raise Unavailable(f"No worker replied within {WAIT_SECONDS:g} s; see which are alive under Workers.")
        return _reply(json.loads(item[1]))


def _reply(reply: dict[str, Any]) -> dict[str, Any]:
    if "unavailable" in reply:
        raise Unavailable(reply["unavailable"])
    if "invalid" in reply:
        raise Invalid(reply["invalid"])
    return reply


def send_reply(client: "redis.Redis", reply_key: str, reply: dict[str, Any]) -> None:
    """Stores a reply where the caller waits for it. It expires if the caller has given up."""
    pipe = client.pipeline(transaction=True)
    pipe.rpush(reply_key, json.dumps(reply))
    pipe.expire(reply_key, REPLY_EXPIRES_SECONDS)
    pipe.execute()


def connect(settings: Settings) -> "redis.Redis":
    """Returns a Redis client that waits for a reply, but not for a server that does not answer."""
    once = Retry(NoBackoff(), 0)
    return redis.Redis.from_url(
        settings.broker_url, socket_timeout=WAIT_SECONDS + 5, socket_connect_timeout=2.0, retry=once
    )
