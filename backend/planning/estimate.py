"""Estimates how many images a run reads in an epoch, and how many seconds an epoch takes."""

from dataclasses import dataclass
from statistics import median

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.datasets.schemas import DatasetRead
from backend.db.models import Run
from backend.network import Network
from backend.spec import FromTrain, RunSpec
from backend.spec.data import DatasetSpec
from backend.workers import WorkerRead

UNFETCHED = {
    "digits": (1_438, 359),
    "fashion_mnist": (60_000, 10_000),
    "mnist": (60_000, 10_000),
    "cifar10": (50_000, 10_000),
    "cifar100": (50_000, 10_000),
}
"""Training and test images of built-in datasets that are not in the store yet."""

PASSES = 3  # forward, and backward to the weights and to the inputs
STEP_SECONDS = 1e-3  # overhead of one training step
SAVING_SECONDS = 0.1  # overhead of one epoch: state, models, predictions
COMPARED_RUNS = 20  # newest runs on the same dataset that are searched for the same spec

Sizes = tuple[int, int]


@dataclass(frozen=True)
class Images:
    """The number of training and validation images of an epoch."""

    train: int
    validation: int


def images_of(spec: DatasetSpec, dataset: DatasetRead) -> Images | None:
    """Returns None where the size of the dataset is not known yet."""
    stored = sizes(dataset)
    if stored is None:
        return None
    train, test = (min(size, limit or size) for size, limit in zip(stored, limits(spec), strict=True))
    if not isinstance(spec.validation, FromTrain):
        return Images(train, test)
    fraction = spec.validation.fraction
    validation = _validation_images(fraction, dataset) if train == stored[0] else None
    validation = validation if validation is not None else round(train * fraction)
    return Images(train - validation, validation)


def sizes(dataset: DatasetRead) -> Sizes | None:
    """Returns the numbers of stored training and test images."""
    if dataset.counts:
        return sum(dataset.counts["train"]), sum(dataset.counts["test"])
    return UNFETCHED.get(dataset.name)


def limits(spec: DatasetSpec) -> tuple[int | None, int | None]:
    return spec.train_limit, spec.test_limit


def _validation_images(fraction: float, dataset: DatasetRead) -> int | None:
    """Counts as `backend.datasets.splits` holds images back; None where the counts by class are not known."""
    if not dataset.counts:
        return None
    return sum(min(max(0, n - 1), max(1, round(n * fraction))) for n in dataset.counts["train"] if n)


def seconds_per_epoch(
    session: Session, spec: RunSpec, network: Network, images: Images | None, workers: list[WorkerRead]
) -> float | None:
    """Returns the median of finished runs of the same cost, else what the fastest device's timing gives, or None."""
    measured = _measured(session, spec)
    if measured:
        return median(measured)
    speed = max((speed for worker in workers for speed in _speeds(worker, spec.precision)), default=0.0)
    if not speed or images is None:
        return None
    work = network.multiplications * (PASSES * images.train + images.validation)
    return work / speed + STEP_SECONDS * -(-images.train // spec.batch_size) + SAVING_SECONDS


def _measured(session: Session, spec: RunSpec) -> list[float]:
    """Returns the seconds of the last epoch of finished runs that cost the same, with the time for saving it."""
    key = _cost_key(spec.as_json())
    rows = session.execute(
        select(Run.spec, Run.metrics)
        .where(Run.status == "finished", Run.dataset == spec.dataset.name)
        .order_by(Run.created_at.desc())
        .limit(COMPARED_RUNS)
    )
    same = [metrics for run_spec, metrics in rows if metrics and _cost_key(run_spec) == key]
    return [metrics["seconds"] + SAVING_SECONDS for metrics in same if metrics.get("seconds")]


def _cost_key(spec: dict[str, object]) -> list[object]:
    return [spec.get(key) for key in ("dataset", "model", "batch_size", "precision", "augmentation")]


def _speeds(worker: WorkerRead, precision: str) -> list[float]:
    if worker.state != "alive":
        return []
    timed = (slot.multiplications_per_second or {} for slot in worker.slots)
    return [speeds[precision] for speeds in timed if precision in speeds]
