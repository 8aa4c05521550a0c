"""What a training reports, and the interface that it reports to: `fit` knows no database, only a `Report`."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from backend.datasets.store import Manifest
from backend.files import SavedFile
from worker.trainer_lines import Sign


@dataclass(frozen=True)
class Resume:
    """Resume from the state after the last saved epoch; `best` is the best model up to then.

    `init` is the model that the first epoch began with, where another run saved it.
    """

    state: Path
    best: Path | None = None
    init: Path | None = None


@dataclass(frozen=True)
class InitialWeights:
    """Start with the weights of a model that another run saved."""

    init: Path


StartFrom = Resume | InitialWeights | None  # None: the weights that the layers' initializers draw


@dataclass(frozen=True)
class SavedEpoch:
    """The results of an epoch, reported once every file is on disk.

    `best` (the model, stock Keras) and `probabilities` (float32, samples × classes) are set if this epoch is the best
    so far by `checkpoint.monitor`, `kept` (the model) if `checkpoint.every` asks for it. `metrics` may contain NaN.
    Predictions are in the order of the validation's images, ascending by their position in the stored split.
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
    """The best model's `loss`, `accuracy` and `macro_f1` on the test split, and its predictions.

    `predictions` has the same arrays as an epoch's, in the order of the stored test split.
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

    `ended_by` is `epochs`, `early_stopping` or, after a requested stop, `finish`. `test` is set if validation was taken
    from train and an epoch was the best. `statistics` are those of `standard` scaling, which predictions with these
    models need too.
    """

    ended_by: str
    final: SavedFile
    last: SavedFile
    test: TestScore | None = None
    statistics: PixelStatistics | None = None


class Report:
    """Where a training reports its progress and results. What a report does not override, it does not keep.

    `save_epoch` returns whether a stop has been requested. It may raise: the epoch then does not count, and training
    ends. So may `is_stop_requested`; the other methods never raise. `features` says how many of the images that need
    features have them, before an epoch. `tell` says where the training is, so that a stall
    is noticed.
    """

    def record_machine(self, machine: str) -> None: ...

    def training_started(self, parameters: int) -> None: ...

    def record_preprocessing(self, dataset: Manifest, statistics: PixelStatistics | None) -> None: ...

    def tell(self, sign: Sign) -> None: ...

    def progress(self, epoch: int, batch: int, batches: int, metrics: Mapping[str, float]) -> None: ...

    def features(self, done: int, images: int) -> None: ...

    def save_epoch(self, epoch: SavedEpoch) -> bool:  # noqa: ARG002 - for what overrides it
        return False

    def is_stop_requested(self) -> bool:
        return False

    def waits(self, reason: str) -> None:
        """Tells that training waits, and why. It is called every few seconds for as long as that lasts."""

    def log(self, text: str, level: str = "info") -> None: ...
