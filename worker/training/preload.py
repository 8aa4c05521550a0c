"""What a trainer may do before it knows its run, so that a launch does not wait for it."""

NO_GPU_FOUND = (
    "TensorFlow finds no GPU, although nvidia-smi lists one: install the build of TensorFlow for GPUs (`make setup`) "
    "and a driver that is new enough, or set CUDA_VISIBLE_DEVICES=-1 for the worker to train on the processor."
)


def preload(*, gpu: bool) -> None:
    """Imports all that training needs. TensorFlow is not started: its threads depend on the run.

    Raises:
        SystemExit: `gpu` is True, and TensorFlow finds none. Training would run on the processor without a word.
    """
    from worker.training import fit, machine  # noqa: F401

    if gpu and not machine.has_gpu():
        raise SystemExit(NO_GPU_FOUND)
