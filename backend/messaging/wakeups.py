"""Wake-up calls to the workers. A message carries a name or an id and may be lost or doubled: the database decides."""

import logging
from typing import Any

from celery import Celery
from kombu.exceptions import OperationalError
from redis import RedisError

from backend.settings import Settings

log = logging.getLogger(__name__)

# A worker that was busy for longer looks at the database by itself; older calls are dropped unread.
EXPIRES_SECONDS = 3600


def make_celery(settings: Settings) -> Celery:
    """The Celery application, the same for those who wake and for those who are woken."""
    app = Celery("epochboard", broker=settings.wire_url.replace("unix://", "redis+socket://"))
    app.conf.update(
        task_serializer="json",
        accept_content=["json"],
        task_ignore_result=True,
        task_publish_retry=False,
        task_acks_late=False,
        task_routes={"train": "train", "prepare": "jobs", "export": "jobs", "answer": "quick"},
        worker_prefetch_multiplier=1,
        worker_disable_prefetch=True,
        worker_enable_remote_control=False,
        worker_hijack_root_logger=False,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options={
            "visibility_timeout": 3600,
            "socket_timeout": 30,
            "socket_connect_timeout": 2,
            "health_check_interval": 25,
        },
    )
    return app


class Wakeups:
    """Who wakes the workers. A broker that is away is logged, not raised: the sweeper wakes again."""

    def __init__(self, settings: Settings) -> None:
        self._celery = make_celery(settings)
        # A person waits for the answer: one attempt, and a broker that hangs is given up soon.
        self._celery.conf.broker_transport_options = {
            "max_retries": 0,
            "socket_timeout": 2,
            "socket_connect_timeout": 2,
        }

    def wake(self, run_id: str) -> None:
        """Tell the training workers that a run waits."""
        self._send("train", run_id)

    def prepare(self, dataset: str) -> None:
        """Tell the job workers that a dataset is to be prepared."""
        self._send("prepare", dataset)

    def export(self, run_id: str, kind: str) -> None:
        """Tell the job workers that something is to be made of a run's best model."""
        self._send("export", run_id, kind)

    def ask(self, address: str, question: dict[str, Any], seconds: float) -> None:
        """Put a question to the job workers, who forget it after `seconds`; the answer goes to `address`.

        Raises:
            OperationalError, RedisError, OSError: the broker is away.
        """
        self._celery.send_task("answer", args=[address, question], expires=seconds)

    def _send(self, task: str, *arguments: str) -> None:
        try:
            self._celery.send_task(task, args=arguments, expires=EXPIRES_SECONDS)
        except (OperationalError, RedisError, OSError) as error:
            log.warning("Could not wake a worker for %s %s (%s); the sweeper tries again", task, arguments, error)
