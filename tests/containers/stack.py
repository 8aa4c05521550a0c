"""The services of docker-compose.yml under a project name of their own, with a second train worker beside the first."""

import contextlib
import json
import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
FILE = ROOT / "docker-compose.yml"
WORKERS = ("worker", "second")
SERVICES = ("secrets", "database", "valkey", "api", "jobs", *WORKERS)
LONG, SHORT = 3600.0, 120.0  # seconds: a build installs TensorFlow
LAST_LINES = 40
TRIES = 3


class ComposeFailed(Exception):
    """A command of Compose failed; the message ends with its output."""


@dataclass(frozen=True)
class Stack:
    """`command` is what runs Compose, as "docker compose", and `engine` what it drives, where that is known."""

    command: list[str]
    engine: list[str]
    project: str
    port: int
    second: Path

    def compose(self, *arguments: str, seconds: float = SHORT, **environment: str) -> str:
        """Returns the output of Compose.

        Raises:
            ComposeFailed: it ended with an error, or not in time.
        """
        files = ["-f", str(FILE), "-f", str(self.second), "-p", self.project]
        return run([*self.command, *files, *arguments], seconds, EPOCHBOARD_PORT=str(self.port), **environment)

    def up(self) -> None:
        self.compose("up", "-d", "--no-build", "--wait", seconds=600)

    def down(self, *options: str) -> None:
        """One container after the other, and again where something is left: not every Compose keeps an order."""
        for _ in range(TRIES):
            with contextlib.suppress(ComposeFailed):
                self.compose("down", "--remove-orphans", *options, seconds=300, COMPOSE_PARALLEL_LIMIT="1")
            if not self.left(volumes="-v" in options):
                return
        raise ComposeFailed(f"after {TRIES} times `down` still exists: {', '.join(self.left(volumes='-v' in options))}")

    def left(self, *, volumes: bool) -> list[str]:
        """Ids of containers that run, and names of volumes, where the engine is known."""
        found = self.compose("ps", "-q").split()
        if volumes and self.engine:
            names = run([*self.engine, "volume", "ls", "-q"], SHORT).split()
            found += [name for name in names if name.startswith(f"{self.project}_")]
        return found

    def inside(self, service: str, script: str) -> str:
        """What a shell in the service's container prints."""
        return self.compose("exec", "-T", service, "sh", "-c", script)

    def hosts(self) -> dict[str, str]:
        """The service of each train worker, by the host name of its container."""
        return {self.inside(name, "cat /etc/hostname").strip(): name for name in WORKERS}


def run(command: list[str], seconds: float, **environment: str) -> str:
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=seconds,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ComposeFailed(f"{' '.join(command)}: {error}") from error
    if done.returncode != 0:
        output = "\n".join((done.stdout + done.stderr).splitlines()[-LAST_LINES:])
        raise ComposeFailed(f"{' '.join(command)} ended with {done.returncode}:\n{output}")
    return done.stdout


@contextmanager
def running_stack(command: list[str], engine: list[str], folder: Path) -> Iterator[Stack]:
    """Yields a stack under a name of its own; removes everything but its images afterwards."""
    second = folder / "second.yml"
    worker = {"extends": {"file": str(FILE), "service": "worker"}}
    second.write_text(json.dumps({"services": {"second": worker}}))  # JSON is YAML
    started = Stack(command, engine, f"epochboard-check-{os.getpid()}", free_port(), second)
    try:
        yield started
    finally:
        started.down("-v")


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
