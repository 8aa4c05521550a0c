"""Compares the images of a dataset with each other, in a child process of a jobs worker at a low priority.

`python -m worker.datasets.image_checks FOLDER` reads a stored dataset and writes what it finds beside the images.
"""

import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from backend.analysis import image_duplicates
from backend.datasets.folder import DatasetDamaged
from backend.datasets.pictures.image_checks import (
    RETRY_SECONDS,
    ImageChecks,
    NearDuplicate,
    Place,
    Unlike,
    read_checks,
    write_checks,
)
from backend.datasets.store import StoredDataset
from backend.db.engine import open_database
from backend.db.models import Dataset
from backend.settings import Settings
from worker.process.lifeline import end_with_stdin
from worker.process.oom_score import raise_oom_score

log = logging.getLogger(__name__)

MAX_IMAGES = 200_000  # comparing all with all takes four times as long for twice as many
TRY_AGAIN = f"Ask again in {RETRY_SECONDS / 60:.0f} minutes: then it is tried once more."
_one_at_a_time = threading.Lock()


def check_images(settings: Settings, name: str) -> None:
    """Compares the images of a dataset, unless that was done, or another comparison runs: the page asks again."""
    folder = _folder(settings, name)
    if folder is None or read_checks(folder) is not None or not _one_at_a_time.acquire(blocking=False):
        return
    try:
        command = (sys.executable, "-m", "worker.datasets.image_checks", str(folder))
        with subprocess.Popen(command, stdin=subprocess.PIPE) as child:  # it ends when this process does
            code = child.wait()
        if code and folder.is_dir() and read_checks(folder) is None:  # another worker may have compared them
            log.warning("comparing the images of %s ended with exit code %s", name, code)
            write_checks(folder, ImageChecks(error=f"Comparing the images ended with exit code {code}. {TRY_AGAIN}"))
    finally:
        _one_at_a_time.release()


def _folder(settings: Settings, name: str) -> Path | None:
    database = open_database(settings)
    try:
        with database.read() as session:
            row = session.get(Dataset, name)
        return settings.data_dir / row.folder if row is not None and row.folder else None
    finally:
        database.engine.dispose()


class _AllSplits:
    """The images of all splits, one after the other."""

    def __init__(self, dataset: StoredDataset) -> None:
        self._splits = dataset.splits
        self._parts = [dataset.images(split) for split in self._splits]
        self._starts = np.cumsum([0, *map(len, self._parts)])
        self.shape = (int(self._starts[-1]), *self._parts[0].shape[1:])

    def __len__(self) -> int:
        return int(self.shape[0])

    def __getitem__(self, rows: slice | npt.NDArray[np.integer[Any]], /) -> npt.NDArray[Any]:
        places = np.arange(*rows.indices(len(self))) if isinstance(rows, slice) else rows
        images = np.empty((len(places), *self.shape[1:]), np.uint8)
        for part, start in zip(self._parts, self._starts, strict=False):
            inside = (places >= start) & (places < start + len(part))
            images[inside] = part[places[inside] - start]
        return images

    def place(self, row: int) -> Place:
        split = int(np.searchsorted(self._starts, row, side="right")) - 1
        return self._splits[split], int(row - self._starts[split])


def compare(dataset: StoredDataset) -> ImageChecks:
    """Returns images that are equal, nearly equal, or unlike the others of their class."""
    images = _AllSplits(dataset)
    if len(images) > MAX_IMAGES:
        return ImageChecks(
            images=len(images), error=f"The dataset has {len(images):,} images; at most {MAX_IMAGES:,} are compared."
        )
    labels = np.concatenate([dataset.labels(split) for split in dataset.splits])
    small = image_duplicates.thumbnails(images)
    near = image_duplicates.near_duplicates(images, small)
    unlike, times = image_duplicates.unlike_their_class(small, labels)
    return ImageChecks(
        images=len(images),
        equal=[list(map(images.place, rows)) for rows in image_duplicates.equal_images(images)],
        near=list(_near(images, near)),
        is_near_complete=near.is_complete,
        unlike=[Unlike(place=images.place(row), times=round(far, 2)) for row, far in zip(unlike, times, strict=True)],
    )


def _near(images: _AllSplits, near: image_duplicates.NearDuplicates) -> Iterable[NearDuplicate]:
    for (first, second), difference in zip(near.pairs, near.difference, strict=True):
        yield NearDuplicate(
            first=images.place(first), second=images.place(second), difference=round(float(difference), 1)
        )


def main() -> int:
    if len(sys.argv) != 2:
        print("usage: python -m worker.datasets.image_checks FOLDER", file=sys.stderr)
        return 2
    raise_oom_score()
    end_with_stdin()
    os.nice(10)
    folder = Path(sys.argv[1])
    try:
        write_checks(folder, compare(StoredDataset.open(folder)))
    except (DatasetDamaged, MemoryError) as error:
        write_checks(folder, ImageChecks(error=f"The images could not be compared: {error}"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
