"""Turns the exception that ended a training into the error that the run's page shows: title, detail, hint."""

import re
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from backend.datasets.folder import DatasetDamaged
from backend.db.errors import reason
from backend.phrases import in_short
from backend.runs.schemas import RunError
from worker.errors import DatasetUnavailable
from worker.training.errors import TrainingError

LESS_MEMORY_HINT = (
    "Use a smaller batch size, mixed precision (it halves the memory of a batch), fewer filters or dense units, "
    "or a machine with more memory."
)
TRACEBACK_HINT = "The log has the traceback. If the settings look right to you, please report it together with the log."
OUT_OF_MEMORY_TYPES = ("ResourceExhaustedError", "MemoryError", "_ArrayMemoryError")
OUT_OF_MEMORY_TEXTS = (
    "RESOURCE_EXHAUSTED",
    "OOM when",
    "out of memory",
    "Cannot allocate memory",
    "CUDA_ERROR_OUT_OF_MEMORY",
)
"""How GPU libraries and the system name it in the messages of errors of other types."""
TRACED_MESSAGE = re.compile(r"^in user code:\n.*?^ {4}\w+: ([^\n]+)", re.DOTALL | re.MULTILINE)
"""The message of an error in a traced function: AutoGraph writes it below a traceback of its own."""


def explain(error: Exception) -> RunError:
    """Returns title, detail and hint for an exception."""
    match error:
        case TrainingError():
            return RunError(title=error.title, detail=error.detail, hint=error.hint)
        case DatasetUnavailable():
            return RunError(
                title="The dataset could not be prepared",
                detail=str(error),
                hint="Add the files, or connect this machine to the network, then launch the run again.",
            )
        case DatasetDamaged():
            return RunError(
                title="The dataset is damaged",
                detail=str(error),
                hint="Prepare it again, then launch the run again.",
            )
        case OSError(errno=28):
            return RunError(
                title="The disk is full",
                detail=f"Writing {Path(error.filename).name if error.filename else 'a file'} failed: no space is left.",
                hint="Free some space in the data folder, then launch the run again.",
            )
        case SQLAlchemyError():
            return RunError(
                title="The results could not be stored",
                detail=f"The database refused them: {reason(error)}.",
                hint=TRACEBACK_HINT,
            )
    return _of_keras(error)


def _of_keras(error: Exception) -> RunError:
    if _is_out_of_memory(error):
        return RunError(title="Out of memory", detail=in_short(error), hint=LESS_MEMORY_HINT)
    traced = TRACED_MESSAGE.match(str(error).lstrip())
    detail = in_short(Exception(traced[1]) if traced else error)
    return RunError(title=f"Keras stopped with {type(error).__name__}", detail=detail, hint=TRACEBACK_HINT)


def _is_out_of_memory(error: Exception) -> bool:
    return type(error).__name__ in OUT_OF_MEMORY_TYPES or any(text in str(error) for text in OUT_OF_MEMORY_TEXTS)
