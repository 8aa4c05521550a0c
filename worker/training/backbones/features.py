"""What a frozen backbone makes of images: computed once for each image, kept beside the dataset, shared by runs.

    <dataset>/features/<key>/<split>.f32     float32 rows, one for each image of the stored split
    <dataset>/features/<key>/<split>.done    a byte for each row: 1 where it is computed and on disk

Rows are computed in passes of a fixed number of images, so that a row does not depend on which others are computed with
it, and a computation that was killed goes on where it was.
"""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from backend.datasets.feature_store import SPEED
from backend.files import save_file
from worker.training.backbones.progress import FeatureProgress
from worker.training.portable.backbone import IMAGES_PER_FEATURE_PASS

Features = npt.NDArray[np.float32]
Positions = npt.NDArray[np.int64]
Compute = Callable[[Positions], Features]
"""Returns the features of the images at positions of the stored split."""

SAVED_ROWS = 8 * IMAGES_PER_FEATURE_PASS  # between two times at which what was computed is made durable
TIMED_ROWS = 2 * IMAGES_PER_FEATURE_PASS  # fewer do not say how fast a backbone is: the first pass is traced


@dataclass(frozen=True)
class FeatureFile:
    """The features of one split, `width` numbers for each of its `images`, which the log calls `what`."""

    folder: Path
    split: str
    images: int
    width: int
    what: str

    def missing(self, positions: Positions) -> Positions:
        """Returns the positions, ascending, whose features are not there."""
        done = np.zeros(self.images, bool)
        if self._path("done").exists():
            stored = np.fromfile(self._path("done"), np.uint8)
            done[: len(stored)] = stored
        return np.sort(positions[~done[positions]])

    def missing_bytes(self, positions: Positions) -> int:
        return len(self.missing(positions)) * self.width * 4

    def rows(self, positions: Positions, compute: Compute, progress: FeatureProgress) -> Features:
        """Returns the features of all images of the split, read-only, in which those at `positions` are computed.

        Raises:
            OSError: They can't be written.
        """
        with self._opened("f32", self.images * self.width * 4) as data, self._opened("done", self.images) as done:
            _lock(data, progress)
            missing = self.missing(positions)
            progress.begin(len(missing))
            for start in range(0, len(missing), SAVED_ROWS):
                self._compute(missing[start : start + SAVED_ROWS], compute, progress, data, done)
            progress.end(self.what, len(positions) - len(missing))
            if len(missing) >= TIMED_ROWS:
                speed = f"{len(missing) / progress.seconds:.4g}"
                save_file(self.folder / SPEED, lambda path: path.write_text(speed))
        return np.memmap(self._path("f32"), np.float32, "r", shape=(self.images, self.width))

    def _compute(self, positions: Positions, compute: Compute, progress: FeatureProgress, data: int, done: int) -> None:
        for start in range(0, len(positions), IMAGES_PER_FEATURE_PASS):
            chunk = positions[start : start + IMAGES_PER_FEATURE_PASS]
            for position, row in zip(chunk.tolist(), compute(chunk), strict=True):
                os.pwrite(data, row.tobytes(), position * self.width * 4)
            progress.add(len(chunk))
        os.fdatasync(data)
        for position in positions.tolist():
            os.pwrite(done, b"\x01", position)

    @contextmanager
    def _opened(self, suffix: str, size: int) -> Iterator[int]:
        """Opens a file and makes it `size` bytes long; what was not written takes no space on most file systems."""
        file = os.open(self._path(suffix), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if os.fstat(file).st_size < size:
                os.ftruncate(file, size)
            yield file
        finally:
            os.close(file)

    def _path(self, suffix: str) -> Path:
        return self.folder / f"{self.split}.{suffix}"


def _lock(file: int, progress: FeatureProgress) -> None:
    """Of two runs that need the same features, one waits for the other and says so, which is no stall."""
    while True:
        try:
            return fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress.wait()
