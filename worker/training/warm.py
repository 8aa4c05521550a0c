"""What a trainer may do before it knows its run, so that a launch need not wait for it."""


def warm() -> None:
    """Import all that training needs. TensorFlow itself is not started: the run chooses its threads."""
    import worker.training.fit  # noqa: F401
