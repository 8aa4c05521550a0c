"""What a person is told of each kind of failure."""

import errno

import pytest

from backend.datasets.store import DatasetDamaged
from worker.errors import DatasetUnavailable
from worker.failures import explain
from worker.training.errors import TrainingError


class ResourceExhaustedError(Exception):
    """Named as TensorFlow's own, which is told by its name: this process need not load TensorFlow."""


@pytest.mark.parametrize(
    "error",
    [
        MemoryError("no room"),
        ResourceExhaustedError("OOM when allocating tensor\n[…]"),
        RuntimeError("CUDA_ERROR_OUT_OF_MEMORY: out of memory"),
        OSError(errno.ENOMEM, "Cannot allocate memory"),
    ],
)
def test_running_out_of_memory_is_said_as_such(error: Exception) -> None:
    told = explain(error)

    assert told.title == "It ran out of memory"
    assert told.detail == str(error).partition("\n")[0]
    assert "smaller batch size, mixed precision" in told.hint


def test_a_full_disk_names_the_file() -> None:
    told = explain(OSError(errno.ENOSPC, "No space left on device", "/data/best-3.keras"))

    assert (told.title, "/data/best-3.keras" in told.detail) == ("The disk is full", True)


def test_what_training_or_the_dataset_says_is_kept() -> None:
    assert explain(TrainingError("T", "D", "H")).model_dump() == {"title": "T", "detail": "D", "hint": "H"}
    assert explain(DatasetUnavailable("put it there")).detail == "put it there"
    assert explain(DatasetDamaged("it is torn")).title == "Its dataset is damaged"


def test_anything_else_is_named_by_its_kind_and_first_line() -> None:
    told = explain(ValueError("x" * 500 + "\nsecond line"))

    assert told.title == "Keras stopped with ValueError"
    assert told.detail == "x" * 400 + "…"
