"""The program that starts a Celery worker."""

import json
import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from worker import celery

# In a process of its own: the module sets up logging and the umask of a worker.
TASKS = """
import json
from worker.tasks import app
late = {name: bool(task.acks_late) for name, task in app.tasks.items()}
print(json.dumps([app.conf.worker_cancel_long_running_tasks_on_connection_loss, late]))
"""


def test_a_worker_that_sighup_restarts_is_called_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """Celery starts `sys.executable` with `sys.argv`. The path of the file would put its folder before the packages."""
    created: dict[str, Any] = {}
    worker = SimpleNamespace(start=lambda: None, exitcode=0)
    celery_app = SimpleNamespace(Worker=lambda **options: created.update(options) or worker)
    monkeypatch.setattr("celery.app.utils.find_app", lambda _name: celery_app)
    arguments = ["-A", "worker.tasks", "-Q", "jobs,quick", "-n", "jobs@host"]
    monkeypatch.setattr(sys, "argv", [celery.__file__, *arguments])

    assert celery.main() == 0

    assert sys.argv == ["-m", "worker.celery", *arguments]
    assert created["queues"] == ["jobs", "quick"]
    assert created["hostname"] == "jobs@host"


def test_a_lost_broker_cancels_no_task_and_logs_no_warning_of_celery() -> None:
    """Celery cancels only tasks that acknowledge late, and where it may not, it warns of that at each loss."""
    printed = subprocess.run([sys.executable, "-c", TASKS], capture_output=True, text=True, check=True).stdout
    cancels, acks_late = json.loads(printed)

    assert cancels
    assert {"train", "prepare", "export", "evaluate"} <= acks_late.keys()
    assert not any(acks_late.values())
