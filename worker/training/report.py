"""What a training tells the world, and through whom: `fit` knows no database, only a `Report`."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from backend.datasets.store import Manifest


@dataclass(frozen=True)
class SavedFile:
    """A file that is complete, synced and under its final name, which is never written again."""

    path: Path
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Resume:
    """Where a training goes on: the state after the last announced epoch, and the best model announced by then."""

    state: Path
    best: Path | None = None


@dataclass(frozen=True)
class Initial:
    """A model, saved by this program, whose weights a training begins with."""

    path: Path


Beginning = Resume | Initial | None
"""Where a training begins; None: with the weights that the layers' own initializers draw."""


@dataclass(frozen=True)
class SavedEpoch:
    """All that an epoch left. It is announced only when every file here is on disk.

    `best` (the model, stock Keras) and `probabilities` (float32, samples × classes) are there when this epoch is
    the best so far by `checkpoint.monitor`, `kept` (the model) when `checkpoint.every` asks for it. `metrics` may hold
    NaN. Predictions are in the order of the validation's images, ascending by their position in the stored split.
    """

    epoch: int
    metrics: Mapping[str, float]
    predictions: SavedFile
    state: SavedFile
    best: SavedFile | None
    probabilities: SavedFile | None
    kept: SavedFile | None = None


@dataclass(frozen=True)
class TestScore:
    """The best model scored once on the test split: `loss`, `accuracy`, `macro_f1`, and what it answered there.

    `predictions` holds the same arrays as an epoch's, in the order of the stored test split.
    """

    epoch: int
    metrics: Mapping[str, float]
    predictions: SavedFile


@dataclass(frozen=True)
class PixelStatistics:
    """The training images' mean and deviation by channel, in levels from 0 to 255."""

    mean: tuple[float, ...]
    deviation: tuple[float, ...]


@dataclass(frozen=True)
class Outcome:
    """How a training ended: `final` is the model as `fit` leaves it, `last` the last epoch's.

    `ended_by` is `epochs`, `early_stopping` or, where a person asked for the end, `finish`. `test` is there where
    validation was taken from train and an epoch was the best. `statistics` are what `standard` scaling used: whoever
    predicts with these models needs the same.
    """

    ended_by: str
    final: SavedFile
    last: SavedFile
    test: TestScore | None = None
    statistics: PixelStatistics | None = None


class Report(Protocol):
    """The trainer's pen.

    `save_epoch` returns whether a stop has been requested. It may raise: the epoch is then not announced and training
    ends. So may `is_stop_requested`; the others never do.
    """

    def record_machine(self, machine: str) -> None: ...

    def training_started(self, parameters: int) -> None: ...

    def record_preprocessing(self, dataset: Manifest, statistics: PixelStatistics | None) -> None: ...

    def progress(self, epoch: int, batch: int, batches: int, metrics: Mapping[str, float]) -> None: ...

    def save_epoch(self, epoch: SavedEpoch) -> bool: ...

    def is_stop_requested(self) -> bool: ...

    def log(self, text: str, level: str = "info") -> None: ...
