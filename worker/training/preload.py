"""What a trainer may do before it knows its run, so that a launch does not wait for it."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

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
    """Imports Keras in the block in half the time, and in 70 MB less memory.

    Keras' wrappers for scikit-learn are left out, and the garbage collector, which would look again and again through
    the objects of thousands of modules, is off. It skips these objects from then on.
    """
    has_scikit_learn = "sklearn" in sys.modules
    if not has_scikit_learn:
        sys.modules["sklearn"] = None  # type: ignore[assignment]  # imports of it fail until it is deleted
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
        if not has_scikit_learn:
            del sys.modules["sklearn"]
