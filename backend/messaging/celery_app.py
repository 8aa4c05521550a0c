"""The Celery application that service and workers share. The service imports it as it sends its first message."""

from celery import Celery
from kombu.exceptions import OperationalError
from redis import RedisError

from backend.settings import Settings

BROKER_ERRORS = (OperationalError, RedisError, OSError)  # what sending raises where the broker does not answer


def make_celery(settings: Settings) -> Celery:
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
