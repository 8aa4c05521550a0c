"""What a trainer may do before it knows its run, so that a launch does not wait for it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from backend.imports import without_collections

NOT_NEEDED = {"scipy", "sklearn"}
NO_GPU_FOUND = (
    "TensorFlow finds no GPU, although nvidia-smi lists one: install the build of TensorFlow for GPUs (`make setup`) "
    "and a driver that is new enough, or set CUDA_VISIBLE_DEVICES=-1 for the worker to train on the processor."
)


def preload(*, gpu: bool) -> None:
    """Imports all that training needs. TensorFlow is not started: its threads depend on the run.

    Raises:
        SystemExit: `gpu` is True, and TensorFlow finds none. Training would run on the processor without a word.
    """
    with quick_imports():
        from worker.training import fit, machine  # noqa: F401

    if gpu and not machine.has_gpu():
        raise SystemExit(NO_GPU_FOUND)


@contextmanager
def quick_imports() -> Iterator[None]:
    """Imports Keras in the block in half the time, and in 80 MB less memory.

    What only other uses of Keras need is left out: its wrappers for scikit-learn, and SciPy, which TensorFlow's old
    Keras asks for sparse matrices. The garbage collector, which would look again and again through the objects of
    thousands of modules, is off.
    """
    modules: dict[str, Any] = sys.modules
    left_out = NOT_NEEDED - modules.keys()
    modules.update(dict.fromkeys(left_out))  # an import of None fails
    try:
        with without_collections():
            yield
    finally:
        for name in left_out:
            del modules[name]
