"""The program that starts a Celery worker."""

import sys
from types import SimpleNamespace
from typing import Any

import pytest

from backend.messaging.wakeups import make_celery
from backend.settings import Settings
from worker import celery


def test_a_worker_that_sighup_restarts_is_called_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """Celery starts `sys.executable` with `sys.argv`. The path of the file would put its folder before the packages."""
    created: dict[str, Any] = {}
    worker = SimpleNamespace(start=lambda: None, exitcode=0)
    app = SimpleNamespace(Worker=lambda **options: created.update(options) or worker)
    monkeypatch.setattr(celery, "find_app", lambda _name: app)
    arguments = ["-A", "worker.tasks", "-Q", "jobs,quick", "-n", "jobs@host"]
    monkeypatch.setattr(sys, "argv", [celery.__file__, *arguments])

    assert celery.main() == 0

    assert sys.argv == ["-m", "worker.celery", *arguments]
    assert created["queues"] == ["jobs", "quick"]
    assert created["hostname"] == "jobs@host"


def test_a_lost_broker_cancels_no_task_and_is_told_without_a_lecture(settings: Settings) -> None:
    """Celery cancels only tasks that acknowledge late, and where it may not, it warns of that at each loss."""
    options = make_celery(settings).conf

    assert options.worker_cancel_long_running_tasks_on_connection_loss
    assert not options.task_acks_late
