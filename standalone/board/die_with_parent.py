"""Starts a command that ends with its parent: `python -m standalone.child PARENT_PID [SIGNAL] -- COMMAND…`.

On Linux the kernel sends SIGNAL (default KILL) when the parent dies, and this process becomes the command.
Elsewhere it stays as a guardian, which looks at its parent five times a second.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from types import FrameType

PR_SET_PDEATHSIG = 1  # linux/prctl.h
GUARD_SECONDS = 0.2


def bound(command: list[str], ending: signal.Signals = signal.SIGKILL) -> list[str]:
    """The command line that runs `command` for as long as this process lives; start it from the main thread."""
    return [sys.executable, "-m", "standalone.child", str(os.getpid()), ending.name[3:], "--", *command]


def become(command: list[str], parent: int, ending: signal.Signals) -> None:
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, int(ending)) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) failed")
    if os.getppid() != parent:  # it died before the line above, so the kernel has nobody to watch
        sys.exit(1)
    os.execvp(command[0], command)  # noqa: S606


def guard(command: list[str], parent: int, ending: signal.Signals) -> int:
    process: subprocess.Popen[bytes] | None = None

    def forward(number: int, _frame: FrameType | None) -> None:
        if process is None:
            sys.exit(128 + number)
        process.send_signal(number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, forward)
    process = subprocess.Popen(command)
    while process.poll() is None and os.getppid() == parent:
        time.sleep(GUARD_SECONDS)
    if process.poll() is None:
        process.send_signal(ending)
    code = process.wait()
    return code if code >= 0 else 128 - code


def main(arguments: list[str]) -> int:
    at = arguments.index("--")
    parent, command = int(arguments[0]), arguments[at + 1 :]
    ending = signal.Signals[f"SIG{arguments[1]}"] if at == 2 else signal.SIGKILL
    if sys.platform == "linux":
        become(command, parent, ending)
    return guard(command, parent, ending)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
