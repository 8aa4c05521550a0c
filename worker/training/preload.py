"""Imports that a trainer may do before it knows its run, so that a launch does not wait for them."""


def preload() -> None:
    """Imports all that training needs. TensorFlow is not started: its threads depend on the run."""
    import worker.training.fit  # noqa: F401
