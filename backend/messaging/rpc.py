"""Quick questions to a worker that has Keras at hand: asked by the queue `quick`, answered through Redis."""

import json
import uuid
from typing import Any

import redis
from kombu.exceptions import OperationalError
from redis.backoff import NoBackoff
from redis.retry import Retry

from backend.errors import Invalid, Unavailable
from backend.messaging.wakeups import Wakeups
from backend.settings import Settings

WAIT_SECONDS = 30.0  # the first question has TensorFlow imported, perhaps beside a training
KEEP_SECONDS = 60
FOLDER = "questions"
"""Below the data dir: files that a question is about. They are too large for Redis, and go with the answer."""
AWAY = (OperationalError, redis.RedisError, OSError)


class HelperClient:
    def __init__(self, settings: Settings, jobs: Wakeups) -> None:
        self._redis = connect(settings)
        self._jobs = jobs

    def ask(self, question: dict[str, Any]) -> dict[str, Any]:
        """The answer to a question, a dict with `kind` and what that kind needs.

        Raises:
            Invalid: the question has no answer, and why.
            Unavailable: no worker answered, or it failed.
        """
        address = f"answer:{uuid.uuid4().hex}"
        try:
            self._jobs.ask(address, question, WAIT_SECONDS)
            told = self._redis.blpop([address], timeout=WAIT_SECONDS)
        except AWAY as error:
            raise Unavailable(f"Redis did not take the question ({error}); try again in some seconds.") from error
        if told is None:
            raise Unavailable(f"No worker answered within {WAIT_SECONDS:g} s; see which are alive under Workers.")
        answer: dict[str, Any] = json.loads(told[1])
        if "failure" in answer:
            raise Unavailable(answer["failure"])
        if "error" in answer:
            raise Invalid(answer["error"])
        return answer


def send_answer(wire: "redis.Redis", address: str, answer: dict[str, Any]) -> None:
    """Leave an answer for whoever asked, or for nobody: it goes away by itself."""
    pipe = wire.pipeline(transaction=True)
    pipe.rpush(address, json.dumps(answer))
    pipe.expire(address, KEEP_SECONDS)
    pipe.execute()


def connect(settings: Settings) -> "redis.Redis":
    """A client for questions and answers; it waits for an answer, but not for a server that is away."""
    once = Retry(NoBackoff(), 0)
    return redis.Redis.from_url(
        settings.wire_url, socket_timeout=WAIT_SECONDS + 5, socket_connect_timeout=2.0, retry=once
    )
