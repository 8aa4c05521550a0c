"""The command lines of the board's parts, as `ps` shows them."""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from backend.settings import Settings
from standalone import valkey
from standalone.crew import Part

# In a container the only user is root, and Celery's advice against it is five lines for each worker.
ROOT_WARNING = "ignore:You're running the worker with superuser privileges"


def api(host: str, port: int) -> Part:
    options = ["--host", host, "--port", str(port), "--log-level", "warning", "--no-server-header"]
    factory = ["-m", "uvicorn", "backend.main:create_app", "--factory"]
    return Part("api", [sys.executable, *factory, *options, "--timeout-graceful-shutdown", "5"])


def train_worker(number: int) -> Part:
    """A worker of the queue `train`; how many runs it trains at once, it finds out from its devices."""
    return Part(f"train-{number}", celery(f"train-{number}", "train"))


def jobs_worker() -> Part:
    """A worker of its own for what must not wait behind a long run. Its threads only wait for child processes."""
    return Part("jobs", [*celery("jobs", "jobs,quick"), "-c", "4"])


def celery(name: str, queues: str) -> list[str]:
    program = [sys.executable, "-m", "celery", "-A", "worker.tasks", "--quiet", "worker"]
    pool = ["-P", "threads", "-Q", queues, "-n", f"{name}@%h"]
    return [*program, *pool, "--loglevel", "WARNING", "--without-gossip", "--without-mingle"]


def embedded_wire(folder: Path, socket: Path) -> Part:
    return Part("valkey", valkey.command(folder, socket), lambda: valkey.mend(folder))


def environment(settings: Settings) -> Mapping[str, str]:
    """What the children read instead of options: the settings, made absolute, and no password out of a file."""
    return {
        **os.environ,
        "EPOCHBOARD_DATA_DIR": str(settings.data_dir),
        "EPOCHBOARD_DATABASE_URL": settings.database_url,
        "EPOCHBOARD_REDIS_URL": settings.redis_url,
        "EPOCHBOARD_ALLOWED_HOSTS": json.dumps(settings.allowed_hosts),
        "PYTHONUNBUFFERED": "1",
        "PYTHONWARNINGS": ",".join(filter(None, (os.environ.get("PYTHONWARNINGS"), ROOT_WARNING))),
    }
