"""How many images a run sees in an epoch, and how many seconds that takes."""

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
"""Training and test images of built-in datasets whose manifest is not there yet."""

PASSES = 3  # forwards, and backwards to the weights and to the images
STEP_SECONDS = 1e-3  # what a step costs beside its arithmetic
SAVING_SECONDS = 0.1  # what an epoch costs beside its steps: state, models, predictions
COMPARED = 20  # of the newest runs that were alike

Sizes = tuple[int, int]


@dataclass(frozen=True)
class Images:
    """How many train and validate in an epoch."""

    train: int
    validation: int


def images_of(spec: DatasetSpec, dataset: DatasetRead) -> Images | None:
    """None where nobody knows yet how many images there are."""
    stored = sizes(dataset)
    if stored is None:
        return None
    train, test = (min(there, limit or there) for there, limit in zip(stored, limits(spec), strict=True))
    if not isinstance(spec.validation, FromTrain):
        return Images(train, test)
    held = _held(spec.validation.fraction, dataset) if train == stored[0] else None
    held = held if held is not None else round(train * spec.validation.fraction)
    return Images(train - held, held)


def sizes(dataset: DatasetRead) -> Sizes | None:
    """Stored training and test images."""
    if dataset.counts:
        return sum(dataset.counts["train"]), sum(dataset.counts["test"])
    return UNFETCHED.get(dataset.name)


def limits(spec: DatasetSpec) -> tuple[int | None, int | None]:
    return spec.train_limit, spec.test_limit


def _held(fraction: float, dataset: DatasetRead) -> int | None:
    """As `backend.datasets.splits` takes them of each class; None where the counts of the classes are not known."""
    if not dataset.counts:
        return None
    return sum(min(max(0, n - 1), max(1, round(n * fraction))) for n in dataset.counts["train"] if n)


def seconds_per_epoch(
    session: Session, spec: RunSpec, network: Network, images: Images | None, workers: list[WorkerRead]
) -> float | None:
    """What runs that were alike took, else what the fastest living device would by its timing, else None."""
    before = _before(session, spec)
    if before:
        return median(before)
    speed = max((speed for worker in workers for speed in _speeds(worker, spec.precision)), default=0.0)
    if not speed or images is None:
        return None
    work = network.multiplications * (PASSES * images.train + images.validation)
    return work / speed + STEP_SECONDS * -(-images.train // spec.batch_size) + SAVING_SECONDS


def _before(session: Session, spec: RunSpec) -> list[float]:
    """Seconds of an epoch of finished runs with the same dataset, model, batch, precision and augmentation.

    Of their latest epoch, and what saving it cost.
    """
    given = spec.as_json()
    rows = session.execute(
        select(Run.spec, Run.metrics)
        .where(Run.status == "finished", Run.dataset == spec.dataset.name)
        .order_by(Run.created_at.desc())
        .limit(COMPARED)
    )
    alike = [metrics for other, metrics in rows if metrics and _costs(other) == _costs(given)]
    return [metrics["seconds"] + SAVING_SECONDS for metrics in alike if metrics.get("seconds")]


def _costs(spec: dict[str, object]) -> list[object]:
    return [spec.get(key) for key in ("dataset", "model", "batch_size", "precision", "augmentation")]


def _speeds(worker: WorkerRead, precision: str) -> list[float]:
    if worker.state != "alive":
        return []
    timed = (slot.multiplications_per_second or {} for slot in worker.slots)
    return [speeds[precision] for speeds in timed if precision in speeds]
