"""Ends a child process with its parent, however the parent ended."""

import os
import signal
import sys
import threading

from backend.die_with_parent import set_death_signal


def end_with_parent() -> None:
    """Makes the kernel kill this process when the parent's thread that started it ends (Linux only)."""
    if sys.platform == "linux":
        set_death_signal(os.getppid(), signal.SIGKILL)


def end_with_stdin() -> None:
    """Kills this process when its standard input closes, which also covers other systems and an earlier end."""
    threading.Thread(target=_wait_for_eof, daemon=True, name="lifeline").start()


def _wait_for_eof() -> None:
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGKILL)
