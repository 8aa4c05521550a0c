"""A process that ends with its parent, whatever ends the parent."""

import ctypes
import os
import signal
import sys
import threading

PR_SET_PDEATHSIG = 1


def end_with_parent() -> None:
    """Have the kernel kill this process with the parent's thread that made it (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def end_with_stdin() -> None:
    """Kill this process when its standard input closes: the parent is gone (everywhere, and before the call above)."""
    threading.Thread(target=_wait_for_the_end, daemon=True, name="lifeline").start()


def _wait_for_the_end() -> None:
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGKILL)
