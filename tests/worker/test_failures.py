"""Exceptions of a training become errors with title, detail and hint."""

import errno

import pytest
from sqlalchemy.exc import DataError

from backend.datasets.folder import DatasetDamaged
from worker.errors import DatasetUnavailable
from worker.failures import explain
from worker.training.errors import TrainingError


class ResourceExhaustedError(Exception):
    """Has the name of TensorFlow's error, which is recognised by its name without importing TensorFlow."""


@pytest.mark.parametrize(
    "error",
    [
        MemoryError("no room"),
        ResourceExhaustedError("OOM when allocating tensor\n[…]"),
        RuntimeError("CUDA_ERROR_OUT_OF_MEMORY: out of memory"),
        OSError(errno.ENOMEM, "Cannot allocate memory"),
    ],
)
def test_out_of_memory_errors_of_all_types_get_one_title_and_hint(error: Exception) -> None:
    run_error = explain(error)

    assert run_error.title == "Out of memory"
    assert run_error.detail == str(error).partition("\n")[0]
    assert "smaller batch size, mixed precision" in run_error.hint


def test_a_value_that_the_database_refuses_is_named_without_the_statement() -> None:
    run_error = explain(DataError("INSERT INTO events …", {}, ValueError("number is out of range")))

    assert run_error.title == "The results could not be stored"
    assert run_error.detail == "The database refused them: number is out of range."


def test_a_full_disk_names_the_file() -> None:
    run_error = explain(OSError(errno.ENOSPC, "No space left on device", "/data/best-3.keras"))

    assert run_error.title == "The disk is full"
    assert run_error.detail == "Writing best-3.keras failed: no space is left."


def test_an_error_in_a_traced_function_has_the_message_below_its_traceback() -> None:
    """TensorFlow makes the error, so that a change of its layout is noticed."""
    import tensorflow as tf

    @tf.function  # type: ignore[untyped-decorator]
    def multiply(x: object) -> object:
        return tf.matmul(x, tf.zeros((4, 5)))

    with pytest.raises(ValueError, match="in user code:") as raised:
        multiply(tf.zeros((2, 3)))

    assert explain(raised.value).detail.startswith("Dimensions must be equal, but are 3 and 4")


def test_messages_of_training_and_dataset_errors_are_kept() -> None:
    assert explain(TrainingError("T", "D", "H")).model_dump() == {"title": "T", "detail": "D", "hint": "H"}
    assert explain(DatasetUnavailable("put it there")).detail == "put it there"
    assert explain(DatasetDamaged("it is torn")).title == "The dataset is damaged"


def test_no_path_of_the_server_is_shown() -> None:
    run_error = explain(PermissionError(errno.EACCES, "Permission denied", "/srv/board/runs/ab12/e1/best-3.keras"))

    assert run_error.detail == "[Errno 13] Permission denied: 'best-3.keras'"


def test_other_errors_show_their_type_and_first_line() -> None:
    run_error = explain(ValueError("x" * 500 + "\nsecond line"))

    assert run_error.title == "Keras stopped with ValueError"
    assert run_error.detail == "x" * 400 + "…"
