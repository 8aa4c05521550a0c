"""Gathers what a report and a model card say of a run. What can't be computed is left out, with the reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from backend.analysis.report import ClassScores, Report, report
from backend.analysis.statistics.intervals import Interval, wilson
from backend.artifacts.downloads import list_downloads
from backend.datasets.registry import dataset_read
from backend.datasets.schemas import DatasetRead
from backend.db.clock import database_time
from backend.db.models import Artifact, Dataset, Run
from backend.diagnosis.read import diagnosis
from backend.diagnosis.schemas import FindingRead
from backend.errors import NotFound
from backend.labels.schemas import SuspectsFilter
from backend.labels.suspects import find_suspects
from backend.mistakes.confused_pairs import pairs_page
from backend.mistakes.schemas import ConfusedPair, PairsQuery, SliceRead
from backend.mistakes.slices import run_slices
from backend.planning.image_counts import Images, images_of
from backend.runs.metrics.series import metric_series
from backend.runs.schemas import Series
from backend.runs.stored_predictions import EpochPredictions, load
from backend.spec import BackbonePart, RunSpec
from backend.trust.answering import AnsweringChoice, chosen
from backend.trust.calibration import read_calibration
from backend.trust.schemas import CalibrationQuery, CalibrationRead

PAIRS = 10  # of classes that are confused most
SLICES = 10  # of those that are weaker than by chance
MAX_POINTS = 400  # of a curve, more than a printed line shows


@dataclass(frozen=True)
class Accuracy:
    """An accuracy on `images` with its 95 % interval (Wilson)."""

    value: float
    interval: Interval
    images: int


@dataclass(frozen=True)
class Evaluation:
    """The best epoch on the images that it was validated on. `test` is null unless it was tested on other ones."""

    stored: EpochPredictions
    accuracy: Accuracy
    test: Accuracy | None
    scores: Report
    pairs: list[ConfusedPair]
    weak_slices: list[SliceRead]
    calibration: CalibrationRead | None

    def weakest(self, number: int) -> list[ClassScores]:
        """Returns the classes with images that have the lowest recall."""
        with_images = [score for score in self.scores.classes if score.support]
        return sorted(with_images, key=lambda score: score.recall)[:number]


@dataclass(frozen=True)
class RunContent:
    """`evaluation` is None for the `reason`: no epoch has been trained, for example, or the dataset was deleted."""

    run: Run
    spec: RunSpec
    dataset: DatasetRead
    series: Series
    findings: list[FindingRead]
    files: Sequence[Artifact]
    answering: AnsweringChoice
    evaluation: Evaluation | None
    reason: str
    suspects: int | None
    written_at: float

    @property
    def is_optimistic(self) -> bool:
        """True if the best epoch was chosen by the images that it is scored on."""
        return not self.spec.dataset.validation.leaves_test_unseen

    @property
    def backbone(self) -> BackbonePart | None:
        """Returns the backbone with whose learnt weights the training began; None if it began otherwise."""
        model = self.spec.model
        return model if isinstance(model, BackbonePart) and self.spec.init is None else None

    @property
    def images(self) -> Images | None:
        """Returns None where the size of the dataset is not known, because it was deleted for example."""
        return images_of(self.spec.dataset, self.dataset)


def read_content(session: Session, data_dir: Path, run: Run, lease_seconds: float) -> RunContent:
    """Reads everything that is stored of a run."""
    evaluation, reason = _evaluation_or_reason(session, data_dir, run)
    return RunContent(
        run=run,
        spec=RunSpec.model_validate(run.trained_spec),
        dataset=dataset_read(run.dataset, session.get(Dataset, run.dataset)),
        series=metric_series(session, run.id, None, MAX_POINTS),
        findings=diagnosis(session, data_dir, run, lease_seconds).items,
        files=list_downloads(session, run),
        answering=chosen(session, run.id),
        evaluation=evaluation,
        reason=reason,
        suspects=_suspects(session, data_dir, run) if evaluation else None,
        written_at=database_time(session),
    )


def _evaluation_or_reason(session: Session, data_dir: Path, run: Run) -> tuple[Evaluation | None, str]:
    try:
        return _evaluation(session, data_dir, run), ""
    except NotFound as problem:
        return None, problem.detail


def _evaluation(session: Session, data_dir: Path, run: Run) -> Evaluation:
    stored = load(session, data_dir, run, "best", "validation")
    return Evaluation(
        stored=stored,
        accuracy=_accuracy(stored),
        test=_accuracy(load(session, data_dir, run, "best", "test")) if run.test else None,
        scores=report(stored.predictions),
        pairs=pairs_page(stored, PairsQuery(epoch=str(stored.epoch), limit=PAIRS), 0).items,
        weak_slices=[item for item in run_slices(session, data_dir, run, stored).items if item.found][:SLICES],
        calibration=_calibration(session, data_dir, run),
    )


def _accuracy(stored: EpochPredictions) -> Accuracy:
    right = int((stored.predictions.true == stored.predictions.predicted).sum())
    images = len(stored.predictions)
    return Accuracy(right / images, wilson(right, images), images)


def _calibration(session: Session, data_dir: Path, run: Run) -> CalibrationRead | None:
    try:
        return read_calibration(session, data_dir, run, CalibrationQuery())
    except NotFound:
        return None


def _suspects(session: Session, data_dir: Path, run: Run) -> int | None:
    """Returns how many labels of the validation images this run doubts, or None if it can't judge them."""
    try:
        return len(find_suspects(session, data_dir, run.dataset, SuspectsFilter(runs=run.id)).doubted)
    except NotFound:
        return None
