"""Limits how much freed memory the C library keeps; called once when the service starts."""

import ctypes
import sys

M_ARENA_MAX = -8  # parameter number in malloc.h


def limit_arenas() -> None:
    """Makes all threads share two malloc arenas (glibc only).

    By default each thread has an arena of its own that keeps what an analysis has freed: 25 MB under load.
    """
    if sys.platform == "linux" and (mallopt := getattr(ctypes.CDLL(None), "mallopt", None)) is not None:
        mallopt(M_ARENA_MAX, 2)
