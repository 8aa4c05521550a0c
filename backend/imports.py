"""Imports of many modules, without garbage collections."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_collections() -> Iterator[None]:
    """Turns the garbage collector off in the block. What is imported stays: to look for garbage in it takes a quarter
    of the time of the imports. Later collections skip it, too."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
