"""The children of `up`: each is started, followed on the screen, started again when it dies, and ended."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from standalone.child import bound
from standalone.console import Console

FIRST_DELAY, LONGEST_DELAY = 0.2, 30.0  # seconds before a dead child is started again: doubling between them
STEADY_SECONDS = 10.0  # a child that lived this long has earned the first delay again
PATIENCE_SECONDS = 8.0  # between the request to end and SIGKILL


@dataclass(frozen=True)
class Part:
    """One child: its name on the screen, its command line, and what to see to before each start."""

    name: str
    command: Sequence[str]
    prepare: Callable[[], str | None] = lambda: None


@dataclass
class Child:
    part: Part
    environment: Mapping[str, str]
    console: Console
    process: subprocess.Popen[bytes] | None = None
    began: float = 0.0
    due: float = 0.0
    delay: float = field(default=FIRST_DELAY)

    def start(self) -> None:
        if warning := self.part.prepare():
            self.console.say(self.part.name, warning)
        self.began = time.monotonic()
        # A session of its own: Ctrl-C reaches `up` alone, which ends its children in order.
        self.process = subprocess.Popen(
            bound(list(self.part.command)),
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        assert self.process.stdout is not None  # noqa: S101
        self.console.say(self.part.name, f"process {self.process.pid}")
        self.console.follow(self.part.name, self.process.stdout)

    def tend(self) -> None:
        """Notices a death, and starts the child again when its delay is over."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.due:
                self.start()
        elif (code := self.process.poll()) is not None:
            self.sweep()
            if now - self.began >= STEADY_SECONDS:
                self.delay = FIRST_DELAY
            self.console.say(self.part.name, f"{ending(code)}; starting it again in {self.delay:g} s")
            self.process, self.due = None, now + self.delay
            self.delay = min(2 * self.delay, LONGEST_DELAY)

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def send(self, number: signal.Signals) -> None:
        if self.process is not None and self.alive():
            self.process.send_signal(number)

    def sweep(self) -> None:
        """Ends what the child has left behind in its session."""
        if self.process is not None:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):  # nobody left; macOS says so by EPERM
                return


def ending(code: int) -> str:
    """What an exit code of subprocess means, in words."""
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"


def end(children: Sequence[Child], hurry: Callable[[], bool]) -> None:
    """Asks all to end, waits, and kills those that are left after PATIENCE_SECONDS or once `hurry` says so."""
    for child in children:
        child.send(signal.SIGTERM)
    until = time.monotonic() + PATIENCE_SECONDS
    while any(child.alive() for child in children) and time.monotonic() < until and not hurry():
        time.sleep(0.02)
    for child in children:
        child.send(signal.SIGKILL)
        if child.process is not None:
            child.process.wait()
        child.sweep()
