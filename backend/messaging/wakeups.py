"""Celery messages that notify the workers. A message may be lost or repeated: the database is the queue."""

import logging
from functools import cached_property
from typing import TYPE_CHECKING, Any

from backend.messaging.redis_errors import reason
from backend.settings import Settings

if TYPE_CHECKING:
    from celery import Celery

log = logging.getLogger(__name__)

EXPIRES_SECONDS = 3600  # an older message is dropped unread: a worker that was busy polls the database afterwards


class Wakeups:
    """Sends wake-ups. A broker that refuses one is logged, not raised: idle workers look at the database themselves."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @cached_property
    def _celery(self) -> "Celery":
        from backend.messaging.celery_app import make_celery  # here, so that the service starts without it

        app = make_celery(self._settings)
        # An HTTP client waits meanwhile: one attempt, with short timeouts.
        app.conf.broker_transport_options = {"max_retries": 0, "socket_timeout": 2, "socket_connect_timeout": 2}
        return app

    def train(self, run_id: str) -> None:
        """Notifies the train workers that a run is queued."""
        self._send("train", run_id)

    def prepare(self, dataset: str) -> None:
        """Notifies the jobs workers that a dataset has to be prepared."""
        self._send("prepare", dataset)

    def check_images(self, dataset: str) -> None:
        """Notifies the jobs workers that the images of a dataset have to be compared with each other."""
        self._send("check_images", dataset)

    def export(self, run_id: str, kind: str) -> None:
        """Notifies the jobs workers that an export of a run's best model has been requested."""
        self._send("export", run_id, kind)

    def evaluate(self, run_id: str, kind: str) -> None:
        """Notifies the jobs workers that an evaluation of a run's best model has been requested."""
        self._send("evaluate", run_id, kind)

    def answer(self, reply_key: str, request: dict[str, Any], seconds: float) -> None:
        """Sends a helper request to the jobs workers, which drop it after `seconds`; the reply goes to `reply_key`.

        Raises:
            BROKER_ERRORS: The broker does not answer.
        """
        self._celery.send_task("answer", args=[reply_key, request], expires=seconds)

    def _send(self, task: str, *arguments: str) -> None:
        from backend.messaging.celery_app import BROKER_ERRORS

        try:
            self._celery.send_task(task, args=arguments, expires=EXPIRES_SECONDS)
        except BROKER_ERRORS as error:
            log.warning("Redis %s; idle workers find %s %s in the database", reason(error), task, arguments)
