"""Trainers that are forked from a process that has imported Keras, and used as those that `subprocess` starts."""

import contextlib
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence

COMMAND = (sys.executable, "-m", "worker.fork_server")
POLL_SECONDS = 0.01


def can_fork() -> bool:
    """Returns whether the server can wait for trainers: on Linux from 5.3 on, unless a container forbids it."""
    if sys.platform != "linux":
        return False
    try:
        os.close(os.pidfd_open(os.getpid()))
    except OSError:
        return False
    return True


class ForkServer:
    """Starts the process at the first fork, and again at the next one after it has ended."""

    def __init__(self, environment: Mapping[str, str], command: Sequence[str] = COMMAND) -> None:
        self._environment = environment
        self._command = command
        self._server: tuple[subprocess.Popen[bytes], socket.socket] | None = None

    def fork(self) -> "ForkedProcess":
        """Requests a trainer. The first one waits for the imports of the server.

        Raises:
            OSError: The process could not be started.
        """
        process, requests = self._running()
        (stdin, their_stdin), (stdout, their_stdout), (status, their_status) = os.pipe()[::-1], os.pipe(), os.pipe()
        theirs = [their_stdin, their_stdout, their_status]
        trainer = ForkedProcess(process, stdin, stdout, status)
        try:
            socket.send_fds(requests, [b"f"], theirs)
        except BrokenPipeError:
            pass  # the server has just ended; the closed status tells it
        finally:
            for file in theirs:
                os.close(file)
        return trainer

    def close(self) -> None:
        """Ends the process, and with it its trainers."""
        if self._server is not None:
            process, requests = self._server
            requests.close()
            process.kill()
            process.wait()

    def _running(self) -> tuple["subprocess.Popen[bytes]", socket.socket]:
        """Returns the process and the socket for requests, started anew where it has ended."""
        if self._server is None or self._server[0].poll() is not None:
            self.close()
            self._server = self._start()
        return self._server

    def _start(self) -> tuple["subprocess.Popen[bytes]", socket.socket]:
        ours, theirs = socket.socketpair()
        with theirs:
            process = subprocess.Popen(self._command, stdin=theirs.fileno(), env=self._environment)
        return process, ours


class ForkedProcess:
    """What supervisors use of `subprocess.Popen`. The server sends its process id, and its exit code when it ends."""

    def __init__(self, server: "subprocess.Popen[bytes]", stdin: int, stdout: int, status: int) -> None:
        self.stdin = os.fdopen(stdin, "w")
        self.stdout = os.fdopen(stdout, errors="replace")
        self._server = server
        self._status = os.fdopen(status, "rb", buffering=0)
        self._numbers: list[int] = []
        self._code: int | None = None
        self._lock = threading.Lock()

    @property
    def pid(self) -> int:
        """The process id; that of the server as long as it imports Keras for this trainer."""
        self.poll()
        return self._numbers[0] if self._numbers else self._server.pid

    def poll(self) -> int | None:
        """Returns the exit code, negative for a signal; None while the process runs."""
        with self._lock:
            while self._code is None and select.select([self._status], [], [], 0)[0]:
                self._receive()
            return self._code

    def wait(self, timeout: float | None = None) -> int:
        deadline = time.monotonic() + timeout if timeout is not None else float("inf")
        while (code := self.poll()) is None:
            if time.monotonic() >= deadline:
                raise subprocess.TimeoutExpired(COMMAND, timeout or 0)
            time.sleep(POLL_SECONDS)
        return code

    def kill(self) -> None:
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):  # it has just ended, which the server has yet to tell
                os.kill(self.pid, signal.SIGKILL)

    def _receive(self) -> None:
        """Reads a line, which is written at once: first the process id, then the exit code."""
        numbers = [int(number) for number in os.read(self._status.fileno(), 64).split()]
        self._numbers += numbers
        if len(self._numbers) == 2:
            self._code = self._numbers[1]
        elif not numbers:
            self._code = self._code_without_server()
        if self._code is not None:
            self._status.close()

    def _code_without_server(self) -> int:
        """Returns how the server ended, if it did before the fork. A forked trainer is killed when the server ends."""
        return -signal.SIGKILL if self._numbers else self._server.wait()
