"""How much memory the service keeps."""

import ctypes
import sys

M_ARENA_MAX = -8  # malloc.h


def limit_arenas() -> None:
    """Let all threads share two of the C library's heaps (glibc).

    Each thread of the pool would get one of its own, and what an analysis frees there is not given back: under load
    that was 25 MB.
    """
    if sys.platform == "linux" and (mallopt := getattr(ctypes.CDLL(None), "mallopt", None)) is not None:
        mallopt(M_ARENA_MAX, 2)
