"""The child processes of `up`: starts them, prints their output, restarts those that die, and stops them."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from backend.die_with_parent import dying_with_this_process
from backend.pipes import opened
from standalone.board.console import Console

FIRST_DELAY_SECONDS, LONGEST_DELAY_SECONDS = 0.2, 30.0  # before a restart; doubled after each early death
STEADY_SECONDS = 10.0  # a child that lived this long is restarted after the first delay again
STOP_TIMEOUT_SECONDS = 8.0  # between SIGTERM and SIGKILL


@dataclass(frozen=True)
class Service:
    """What one child process runs. `prepare` runs before each start and may return a warning for the console."""

    name: str
    command: Sequence[str]
    prepare: Callable[[], str | None] = lambda: None


@dataclass
class ChildProcess:
    """A service and the process that runs it now; `process` is None between a death and the restart."""

    service: Service
    environment: Mapping[str, str]
    console: Console
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    restart_at: float = 0.0
    delay_seconds: float = field(default=FIRST_DELAY_SECONDS)

    def start(self) -> None:
        if warning := self.service.prepare():
            self.console.print_line(self.service.name, warning)
        self.started_at = time.monotonic()
        # In a session of its own, so that Ctrl-C reaches `up` alone, which stops its children in order.
        self.process = subprocess.Popen(
            dying_with_this_process(list(self.service.command)),
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.console.print_line(self.service.name, f"process {self.process.pid}")
        self.console.follow(self.service.name, opened(self.process.stdout))

    def restart_if_dead(self) -> None:
        """Starts the process where none runs and the delay is over."""
        if self.process is None:
            if time.monotonic() >= self.restart_at:
                self.start()
        elif (exit_code := self.process.poll()) is not None:
            self.kill_session()
            self._schedule_restart(exit_code)

    def _schedule_restart(self, exit_code: int) -> None:
        now = time.monotonic()
        if now - self.started_at >= STEADY_SECONDS:
            self.delay_seconds = FIRST_DELAY_SECONDS
        self.console.print_line(
            self.service.name, f"{describe_exit(exit_code)}; restarting in {self.delay_seconds:g} s"
        )
        self.process, self.restart_at = None, now + self.delay_seconds
        self.delay_seconds = min(2 * self.delay_seconds, LONGEST_DELAY_SECONDS)

    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def send_signal(self, number: signal.Signals) -> None:
        if self.process is not None and self.is_alive():
            self.process.send_signal(number)

    def kill_session(self) -> None:
        """Kills the processes that a dead child left behind in its session."""
        if self.process is not None:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):  # the session is empty; macOS reports EPERM
                return


def describe_exit(exit_code: int) -> str:
    """Returns an exit code of `subprocess` in words."""
    return f"killed by {signal.Signals(-exit_code).name}" if exit_code < 0 else f"ended with exit code {exit_code}"


def stop_all(children: Sequence[ChildProcess], stop_waiting: Callable[[], bool]) -> None:
    """Sends SIGTERM to all, then SIGKILL to those alive after STOP_TIMEOUT_SECONDS or once `stop_waiting()` is true."""
    for child in children:
        child.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + STOP_TIMEOUT_SECONDS
    while any(child.is_alive() for child in children) and time.monotonic() < deadline and not stop_waiting():
        time.sleep(0.02)
    for child in children:
        child.send_signal(signal.SIGKILL)
        if child.process is not None:
            child.process.wait()
        child.kill_session()
