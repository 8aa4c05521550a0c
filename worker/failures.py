"""What a person is told when a training ends by an error: a headline, what happened, what to try."""

from backend.datasets.store import DatasetDamaged
from backend.runs.schemas import RunError
from worker.errors import DatasetUnavailable
from worker.training.errors import TrainingError

SMALLER = (
    "Take a smaller batch size, mixed precision (it halves what a batch needs), fewer filters or dense units, "
    "or a machine with more memory."
)
LOG = "The log has the whole traceback. If the settings look right to you, please report it with the log."
OUT_OF_MEMORY = ("ResourceExhaustedError", "MemoryError", "_ArrayMemoryError")
SAID_AS = ("RESOURCE_EXHAUSTED", "OOM when", "out of memory", "Cannot allocate memory", "CUDA_ERROR_OUT_OF_MEMORY")
"""How a GPU's libraries and the system say the same, inside of errors of other kinds."""
DETAIL_LENGTH = 400


def explain(error: Exception) -> RunError:
    """The error of a run as its page shows it."""
    match error:
        case TrainingError():
            return RunError(title=error.title, detail=error.detail, hint=error.hint)
        case DatasetUnavailable():
            return RunError(
                title="Its dataset could not be had",
                detail=str(error),
                hint="Put the files there or connect this machine to the network, then launch it again.",
            )
        case DatasetDamaged():
            return RunError(
                title="Its dataset is damaged", detail=str(error), hint="Prepare it again, then launch again."
            )
        case OSError(errno=28):
            return RunError(
                title="The disk is full",
                detail=f"Writing {error.filename or 'a file'} failed: no space is left.",
                hint="Free some space in the data folder, then launch it again.",
            )
    if _out_of_memory(error):
        return RunError(title="It ran out of memory", detail=_first_line(error), hint=SMALLER)
    return RunError(title=f"Keras stopped with {type(error).__name__}", detail=_first_line(error), hint=LOG)


def _out_of_memory(error: Exception) -> bool:
    return type(error).__name__ in OUT_OF_MEMORY or any(words in str(error) for words in SAID_AS)


def _first_line(error: Exception) -> str:
    text = str(error).strip().partition("\n")[0] or type(error).__name__
    return text if len(text) <= DETAIL_LENGTH else f"{text[:DETAIL_LENGTH]}…"
