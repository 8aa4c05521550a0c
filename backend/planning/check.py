"""Look at a spec before anything is queued: what it would train, what that costs, and why it can't be done."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from backend.datasets.registry import dataset_read, why_unusable
from backend.datasets.schemas import DatasetRead
from backend.db.models import Dataset
from backend.errors import FieldError, Invalid
from backend.network import Impossible, Network, describe
from backend.planning import initial_weights
from backend.planning.estimate import images_of, seconds_per_epoch
from backend.planning.schemas import LayerRead, Notice, SpecCheck
from backend.planning.warnings import SpecContext, warnings_for
from backend.spec import RunSpec
from backend.spec.schedules import learning_rates
from backend.workers import all_workers

MOST_RATES = 200


def check(session: Session, spec: RunSpec, lease_seconds: float) -> SpecCheck:
    """Everything that can be said of `spec` now; an impossible spec is not `ok`, and never an exception."""
    dataset = _dataset(session, spec)
    network, errors = _network(session, spec, dataset)
    images = images_of(spec.dataset, dataset)
    workers = all_workers(session, lease_seconds)
    said = warnings_for(SpecContext(spec, dataset, network, images, workers)) if network else []
    return SpecCheck(
        ok=not errors,
        errors=[Notice(loc=list(error.loc), msg=error.msg) for error in errors],
        warnings=said,
        image_shape=dataset.image_shape,
        classes=len(dataset.classes) if dataset.classes else None,
        train_images=images.train if images else None,
        validation_images=images.validation if images else None,
        batches_per_epoch=-(-images.train // spec.batch_size) if images else None,
        parameters=network.parameters if network else None,
        memory_bytes=network.memory_bytes(spec.batch_size, spec.precision) if network else None,
        seconds_per_epoch=seconds_per_epoch(session, spec, network, images, workers) if network else None,
        layers=_layers(network),
        learning_rates=_rates(spec),
    )


def refuse_impossible(session: Session, spec: RunSpec) -> None:
    """Raise Invalid for a spec that can't be trained, its errors at their places below `spec`."""
    _, errors = _network(session, spec, _dataset(session, spec))
    if errors:
        first = errors[0].msg
        raise Invalid(
            f"{first[0].upper()}{first[1:]}.", [FieldError(["spec", *error.loc], error.msg) for error in errors]
        )


def _dataset(session: Session, spec: RunSpec) -> DatasetRead:
    return dataset_read(spec.dataset.name, session.get(Dataset, spec.dataset.name))


def _network(session: Session, spec: RunSpec, dataset: DatasetRead) -> tuple[Network | None, Sequence[FieldError]]:
    """The network where there can be one, and what is wrong with the spec."""
    unusable = why_unusable(session, dataset)
    if unusable:
        return None, [FieldError(["dataset", "name"], unusable)]
    errors = _unknown_classes(spec, dataset.classes or [])
    try:
        network = describe(spec.model, dataset.image_shape or [], len(dataset.classes or []))
        return network, [*errors, *initial_weights.refusals(session, spec, network)]
    except Impossible as impossible:
        return None, [*impossible.errors, *errors]


def _unknown_classes(spec: RunSpec, classes: Sequence[str]) -> list[FieldError]:
    given = spec.class_weights
    if not isinstance(given, dict):
        return []
    shown = ", ".join(classes[:20]) + (f" and {len(classes) - 20:,} more" if len(classes) > 20 else "")
    errors = [
        FieldError(["class_weights", name], f"there is no class {name!r}; the classes are {shown}")
        for name in given
        if name not in classes
    ]
    if not errors and not any(given.get(name, 1.0) for name in classes):
        errors = [FieldError(["class_weights"], "all classes weigh 0, so there is nothing to learn from")]
    return errors


def _layers(network: Network | None) -> list[LayerRead]:
    if network is None:
        return []
    return [
        LayerRead(
            name=layer.name,
            type=layer.class_name,
            output_shape=layer.output_shape,
            parameters=layer.parameters,
            config=layer.config,
        )
        for layer in network.layers
    ]


def _rates(spec: RunSpec) -> list[float]:
    rates = learning_rates(spec.optimizer.learning_rate, spec.optimizer.schedule, spec.epochs)
    return rates[:: -(-len(rates) // MOST_RATES)]
