"""Celery messages that notify the workers. A message may be lost or repeated: the database is the queue."""

import logging
from typing import Any

from celery import Celery
from kombu.exceptions import OperationalError
from redis import RedisError

from backend.messaging.redis_errors import reason
from backend.settings import Settings

log = logging.getLogger(__name__)

EXPIRES_SECONDS = 3600  # an older message is dropped unread: a worker that was busy polls the database afterwards


def make_celery(settings: Settings) -> Celery:
    """Returns the Celery application that the service and the workers share."""
    app = Celery("epochboard", broker=settings.broker_url.replace("unix://", "redis+socket://"))
    app.conf.update(
        task_serializer="json",
        accept_content=["json"],
        task_ignore_result=True,
        task_publish_retry=False,
        task_acks_late=False,
        task_routes={
            **dict.fromkeys(("prepare", "check_images", "export", "evaluate"), "jobs"),
            "train": "train",
            "answer": "quick",
        },
        worker_prefetch_multiplier=1,
        worker_disable_prefetch=True,
        worker_enable_remote_control=False,
        worker_hijack_root_logger=False,
        worker_cancel_long_running_tasks_on_connection_loss=True,  # none has late acks; False is warned of
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_channel_error_retry=True,  # a Redis that is full or read-only must not end a worker that trains
        broker_transport_options={
            "visibility_timeout": 3600,
            "socket_timeout": 30,
            "socket_connect_timeout": 2,
            "health_check_interval": 25,
        },
    )
    return app


class Wakeups:
    """Sends wake-ups. A broker that refuses one is logged, not raised: idle workers look at the database themselves."""

    def __init__(self, settings: Settings) -> None:
        self._celery = make_celery(settings)
        # An HTTP client waits meanwhile: one attempt, with short timeouts.
        self._celery.conf.broker_transport_options = {
            "max_retries": 0,
            "socket_timeout": 2,
            "socket_connect_timeout": 2,
        }

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
            OperationalError, RedisError, OSError: The broker does not answer.
        """
        self._celery.send_task("answer", args=[reply_key, request], expires=seconds)

    def _send(self, task: str, *arguments: str) -> None:
        try:
            self._celery.send_task(task, args=arguments, expires=EXPIRES_SECONDS)
        except (OperationalError, RedisError, OSError) as error:
            log.warning("Redis %s; idle workers find %s %s in the database", reason(error), task, arguments)
