"""What a training tells the world, and through whom: `fit` knows no database, only a `Report`."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True)
class SavedFile:
    """A file that is complete, synced and under its final name, which is never written again."""

    path: Path
    bytes: int
    sha256: str


@dataclass(frozen=True)
class SavedEpoch:
    """All that an epoch left. It is announced only when every file here is on disk.

    `best` (the model, stock Keras) and `probabilities` (float32, samples × classes) are there when this epoch is
    the best so far by `checkpoint.monitor`. `metrics` may hold NaN.
    """

    epoch: int
    metrics: Mapping[str, float]
    predictions: SavedFile
    state: SavedFile
    best: SavedFile | None
    probabilities: SavedFile | None


@dataclass(frozen=True)
class Outcome:
    """How a training ended by itself: `final` is the model as `fit` left it, `last` the last epoch's."""

    ended_by: str
    final: SavedFile
    last: SavedFile


class Report(Protocol):
    """The trainer's pen. `saved` may raise (the epoch is then not announced and training ends); the others never do."""

    def built(self, parameters: int) -> None: ...

    def progress(self, epoch: int, batch: int, batches: int, metrics: Mapping[str, float]) -> None: ...

    def saved(self, epoch: SavedEpoch) -> None: ...

    def log(self, text: str, level: str = "info") -> None: ...
