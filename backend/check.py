"""Look at a spec before anything is queued: what it would train, what that costs, and why it can't be done."""

from sqlalchemy.orm import Session

from backend.check_schemas import Notice, SpecCheck
from backend.dataset_schemas import DatasetRead
from backend.datasets import all_datasets
from backend.schedules import learning_rates
from backend.spec import RunSpec

MOST_RATES = 200


def check(session: Session, spec: RunSpec, lease_seconds: float) -> SpecCheck:
    """Everything that can be said of `spec` now; an impossible spec is not `ok`, and never an exception."""
    known = {dataset.name: dataset for dataset in all_datasets(session)}
    dataset = known.get(spec.dataset.name)
    if dataset is None:
        return _without_images(spec, f"there is no dataset {spec.dataset.name!r}; the datasets are {', '.join(known)}")
    return _described(spec, dataset)


def _described(spec: RunSpec, dataset: DatasetRead) -> SpecCheck:
    return _without_images(spec, f"there is no dataset {dataset.name!r}")


def _without_images(spec: RunSpec, why: str) -> SpecCheck:
    return SpecCheck(
        ok=False,
        errors=[Notice(loc=["dataset", "name"], msg=why)],
        warnings=[],
        image_shape=None,
        classes=None,
        train_images=None,
        validation_images=None,
        batches_per_epoch=None,
        parameters=None,
        memory_bytes=None,
        seconds_per_epoch=None,
        layers=[],
        learning_rates=_rates(spec),
    )


def _rates(spec: RunSpec) -> list[float]:
    rates = learning_rates(spec.optimizer.learning_rate, spec.optimizer.schedule, spec.epochs)
    step = -(-len(rates) // MOST_RATES)
    return rates[::step]
