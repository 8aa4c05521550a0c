"""What a trainer may do before it knows its run, so that a launch does not wait for it."""

import sys

NO_GPU_FOUND = (
    "TensorFlow finds no GPU, although nvidia-smi lists one: install the build of TensorFlow for GPUs (`make setup`) "
    "and a driver that is new enough, or set CUDA_VISIBLE_DEVICES=-1 for the worker to train on the processor."
)


def preload(*, gpu: bool) -> None:
    """Imports all that training needs. TensorFlow is not started: its threads depend on the run.

    Raises:
        SystemExit: `gpu` is True, and TensorFlow finds none. Training would run on the processor without a word.
    """
    import_keras()
    from worker.training import fit, machine  # noqa: F401

    if gpu and not machine.has_gpu():
        raise SystemExit(NO_GPU_FOUND)


def import_keras() -> None:
    """Imports Keras without its wrappers for scikit-learn: a fifth of the time, and no 40 MB of memory for them."""
    if "sklearn" in sys.modules:
        return
    sys.modules["sklearn"] = None  # type: ignore[assignment]  # imports of it fail until it is deleted
    try:
        import keras  # noqa: F401
    finally:
        del sys.modules["sklearn"]
