"""Room for features on the disk: the limit of the board, and what is free."""

import shutil
from pathlib import Path

from backend.datasets import feature_store
from backend.files import is_full
from backend.phrases import in_short
from worker.training.errors import TrainingError

FEWER = "train on fewer images (dataset.train_limit), or without augmentation"


def make(dataset: Path, needed: int, limit: int) -> list[Path]:
    """Deletes unused features for `needed` bytes more; returns the folders that were deleted.

    Raises:
        TrainingError: There would not be enough room.
    """
    if needed > limit:
        raise TrainingError(
            title="The backbone's features are too large",
            detail=f"They take {_megabytes(needed)}, and EPOCHBOARD_MAX_FEATURE_BYTES allows {_megabytes(limit)}.",
            hint=f"Raise that setting, {FEWER}.",
        )
    deleted = feature_store.make_room(dataset.parent, needed, limit)
    free = shutil.disk_usage(dataset).free
    if needed > free:
        raise _full(needed, f"{_megabytes(free)} are free on the disk of {dataset}")
    return deleted


def unwritable(folder: Path, missing: int, error: OSError) -> TrainingError:
    if is_full(error):
        return _full(missing, f"the disk of {folder} is full")
    return TrainingError(
        title="The backbone's features could not be written",
        detail=f"{folder} can't be written ({in_short(error)}).",
        hint="Make the folder writable, then resume the run.",
    )


def _full(needed: int, free: str) -> TrainingError:
    return TrainingError(
        title="The disk is too full for the backbone's features",
        detail=f"They need {_megabytes(needed)} more, and {free}.",
        hint=f"Free some disk space and resume the run, or {FEWER}.",
    )


def _megabytes(size: int) -> str:
    return f"{max(1, round(size / 1e6)):,} MB"
