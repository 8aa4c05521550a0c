"""The services of the board with their command lines, as `ps` shows them, and the environment that they share."""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from backend.settings import Settings
from standalone.board import valkey
from standalone.board.child_processes import Service

# In a container the only user is root, and Celery warns of it in five lines for each worker.
IGNORE_ROOT_WARNING = "ignore:You're running the worker with superuser privileges"


def api(host: str, port: int, processes: int) -> Service:
    """The service; of several processes, uvicorn starts and restarts them, and they share one socket."""
    options = ["--host", host, "--port", str(port), "--log-level", "warning", "--no-server-header"]
    factory = ["-m", "uvicorn", "backend.main:create_app", "--factory", "--http", "backend.http_protocol:TimedProtocol"]
    several = ["--workers", str(processes), "--timeout-worker-healthcheck", "30"]  # seconds, for one that is busy
    return Service("api", [sys.executable, *factory, *options, "--timeout-graceful-shutdown", "5", *several])


def workers(number: int) -> list[Service]:
    """The workers of this machine. Each trains on all of its devices, and the first one also does the jobs."""
    return [worker(f"train-{n}", "train,jobs,quick" if n == 0 else "train") for n in range(number)]


def worker(name: str, queues: str) -> Service:
    """A worker of these queues."""
    program = [sys.executable, "-m", "worker.celery", "-A", "worker.tasks"]
    return Service(name, [*program, "-Q", queues, "-n", f"{name}@%h"])


def embedded_valkey(folder: Path, socket: Path) -> Service:
    return Service("valkey", valkey.command(folder, socket), lambda: valkey.repair(folder))


def environment(settings: Settings) -> Mapping[str, str]:
    """Returns the environment of all services. Passwords from files are left out: each service reads its own."""
    return {
        **os.environ,
        "EPOCHBOARD_DATA_DIR": str(settings.data_dir),
        "EPOCHBOARD_DATABASE_URL": settings.database_url,
        "EPOCHBOARD_REDIS_URL": settings.redis_url,
        "EPOCHBOARD_ALLOWED_HOSTS": json.dumps(settings.allowed_hosts),
        "PYTHONUNBUFFERED": "1",
        "PYTHONWARNINGS": ",".join(filter(None, (os.environ.get("PYTHONWARNINGS"), IGNORE_ROOT_WARNING))),
    }
