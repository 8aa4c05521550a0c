"""Runs a command that ends with its parent:
`python -m backend.die_with_parent PARENT_PID [SIGNAL] -- COMMAND…`.

On Linux the kernel sends SIGNAL (default KILL) when the parent dies, and this process becomes the command.
Elsewhere this process stays and polls its parent five times a second. What only that needs is imported there, since
every child of `epochboard up` starts by this module.
"""

import ctypes
import os
import signal
import sys
import time
from types import FrameType

PR_SET_PDEATHSIG = 1  # linux/prctl.h
POLL_SECONDS = 0.2


def dying_with_this_process(command: list[str], death_signal: signal.Signals = signal.SIGKILL) -> list[str]:
    """Returns the command line that ends when this process does. Start it from the main thread: the kernel
    watches the thread that forks, not the process."""
    return [sys.executable, "-m", __name__, str(os.getpid()), death_signal.name[3:], "--", *command]


def end_with_parent(parent_pid: int | None) -> None:
    """Ends this process when its parent dies, without a chance to clean up."""
    if sys.platform == "linux":
        set_death_signal(parent_pid, signal.SIGKILL)
    else:
        import threading

        threading.Thread(target=poll_parent, args=(parent_pid,), name="parent", daemon=True).start()


def poll_parent(parent_pid: int | None) -> None:
    while os.getppid() == parent_pid:
        time.sleep(POLL_SECONDS)
    os.kill(os.getpid(), signal.SIGKILL)


def set_death_signal(parent_pid: int | None, death_signal: signal.Signals) -> None:
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, int(death_signal)) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) failed")
    if os.getppid() != parent_pid:  # the parent died before prctl, so no signal will come
        sys.exit(1)


def exec_with_death_signal(command: list[str], parent_pid: int, death_signal: signal.Signals) -> None:
    set_death_signal(parent_pid, death_signal)
    os.execvp(command[0], command)  # noqa: S606


def run_and_poll_parent(command: list[str], parent_pid: int, death_signal: signal.Signals) -> int:
    """Runs the command as a child, passes signals on to it, and returns its exit code as a shell would."""
    import subprocess

    process: subprocess.Popen[bytes] | None = None

    def forward(number: int, _frame: FrameType | None) -> None:
        if process is None:
            sys.exit(128 + number)
        process.send_signal(number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, forward)
    process = subprocess.Popen(command)
    while process.poll() is None and os.getppid() == parent_pid:
        time.sleep(POLL_SECONDS)
    if process.poll() is None:
        process.send_signal(death_signal)
    exit_code = process.wait()
    return exit_code if exit_code >= 0 else 128 - exit_code


def main(arguments: list[str]) -> int:
    separator = arguments.index("--")
    parent_pid, command = int(arguments[0]), arguments[separator + 1 :]
    death_signal = signal.Signals[f"SIG{arguments[1]}"] if separator == 2 else signal.SIGKILL
    if sys.platform == "linux":
        exec_with_death_signal(command, parent_pid, death_signal)
    return run_and_poll_parent(command, parent_pid, death_signal)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
