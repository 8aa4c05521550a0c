"""Checks a spec before a run is queued: what it would train, what that costs, and why it can't be trained."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from backend.datasets.registry import read_usable, stored_folder
from backend.datasets.schemas import DatasetRead
from backend.datasets.versions import resolve
from backend.errors import FieldError, Invalid
from backend.network import Impossible, Layer, Network, describe
from backend.phrases import sentence
from backend.planning.costs.estimate import epoch_time, start_time
from backend.planning.costs.feature_time import feature_time
from backend.planning.costs.precision import with_expected_precision
from backend.planning.image_counts import Images, images_of
from backend.planning.image_memory import image_bytes
from backend.planning.initial_weights import refusals
from backend.planning.schemas import LayerRead, Notice, SpecCheck
from backend.planning.warnings import SpecContext, warnings_for
from backend.spec import FromValidation, RunSpec
from backend.workers import all_workers

MAX_RATES = 200  # more learning rates than the form's drawing has pixels
MAX_NAMED_CLASSES = 20


class NetworkCheck(NamedTuple):
    """The network, or None where there can be none, and what is wrong with the spec."""

    network: Network | None
    errors: Sequence[FieldError]
    layers_before_error: Sequence[Layer] = ()


def check(session: Session, spec: RunSpec, lease_seconds: float, data_dir: Path) -> SpecCheck:
    """Returns everything that is known of `spec` now. An impossible spec is not `ok`, and never an exception."""
    spec = resolve(session, spec)
    dataset, unusable = read_usable(session, spec.dataset.name)
    network, errors, layers_before_error = _network(session, spec, dataset, unusable)
    images = images_of(spec.dataset, dataset)
    answer = SpecCheck(
        ok=not errors,
        errors=[Notice(loc=list(error.loc), msg=error.msg) for error in errors],
        image_shape=dataset.image_shape,
        classes=len(dataset.classes) if dataset.classes else None,
        train_images=images.train if images else None,
        validation_images=images.validation if images else None,
        batches_per_epoch=-(-images.train // spec.batch_size) if images else None,
        precision=spec.precision,
        learning_rates=_learning_rates(spec),
        layers_before_error=_layers(layers_before_error),
    )
    if network is None:
        return answer
    context = SpecContext(spec, dataset, network, images, all_workers(session, lease_seconds))
    return answer.model_copy(update=_of_network(session, context, data_dir))


def _of_network(session: Session, context: SpecContext, data_dir: Path) -> dict[str, Any]:
    """Returns the fields of `SpecCheck` that a possible network has."""
    network = context.network
    trained = with_expected_precision(context.spec, network, context.workers)
    return {
        "warnings": warnings_for(context),
        "parameters": network.parameters,
        "precision": trained.precision,
        "memory_bytes": _memory_bytes(trained, context.dataset, network, context.images),
        "layers": _layers(network.layers),
        **_seconds(session, context, trained, stored_folder(session, data_dir, context.dataset.name)),
    }


def _seconds(session: Session, context: SpecContext, trained: RunSpec, folder: Path | None) -> dict[str, Any]:
    network, images, workers = context.network, context.images, context.workers
    epoch = epoch_time(session, trained, network, images, workers)
    features = feature_time(trained, network, images, workers, folder)
    return {
        "seconds_per_epoch": epoch.seconds if epoch else None,
        "seconds_per_epoch_range": list(epoch.range) if epoch and epoch.range else None,
        "start_seconds": start_time(session, context.spec, network, workers),
        "feature_seconds": features.seconds if features else None,
        "feature_seconds_range": list(features.range) if features and features.range else None,
    }


def _memory_bytes(spec: RunSpec, dataset: DatasetRead, network: Network, images: Images | None) -> int:
    held = image_bytes(images.train, dataset.image_shape or []) if images else 0
    return network.memory_bytes(spec.batch_size, spec.precision) + held


def require_trainable(session: Session, spec: RunSpec) -> None:
    """Refuses a spec that can't be trained, each error at its place below `spec`.

    The dataset's row stays locked until the transaction ends, so that the dataset is not deleted in between.

    Raises:
        Invalid: the dataset is missing or not ready, or there can be no such network.
    """
    errors = _network(session, spec, *read_usable(session, spec.dataset.name, lock=True)).errors
    if errors:
        raise Invalid(sentence(errors[0].msg), [FieldError(["spec", *error.loc], error.msg) for error in errors])


def training_errors(session: Session, spec: RunSpec) -> Sequence[FieldError]:
    """Returns why a spec can't be trained, each error at its place in the spec."""
    return _network(session, spec, *read_usable(session, spec.dataset.name)).errors


def _network(session: Session, spec: RunSpec, dataset: DatasetRead, unusable: str | None) -> NetworkCheck:
    if unusable:
        return NetworkCheck(None, [FieldError(["dataset", "name"], unusable)])
    errors = [*_validation_errors(spec, dataset), *_class_weight_errors(spec, dataset.classes or [])]
    try:
        network = describe(spec.model, dataset.image_shape or [], len(dataset.classes or []))
    except Impossible as impossible:
        return NetworkCheck(None, [*impossible.errors, *errors], impossible.layers)
    if spec.init is not None:
        errors += refusals(session, spec.init.run, network)
    return NetworkCheck(network, errors)


def _validation_errors(spec: RunSpec, dataset: DatasetRead) -> list[FieldError]:
    counts = dataset.counts or ("train", "test")  # a built-in dataset that is still to be fetched
    if not isinstance(spec.dataset.validation, FromValidation) or "validation" in counts:
        return []
    message = f"dataset {dataset.name!r} has no validation split: it has {' and '.join(counts)}"
    advice = 'validate on the test split ("test"), or on a part of the training images ("train")'
    return [FieldError(["dataset", "validation", "from"], f"{message}; {advice}")]


def _class_weight_errors(spec: RunSpec, classes: Sequence[str]) -> list[FieldError]:
    weights = spec.class_weights
    if not isinstance(weights, dict):
        return []
    more = f" and {len(classes) - MAX_NAMED_CLASSES:,} more" if len(classes) > MAX_NAMED_CLASSES else ""
    names = ", ".join(classes[:MAX_NAMED_CLASSES]) + more
    errors = [
        FieldError(["class_weights", name], f"there is no class {name!r}; the classes are {names}")
        for name in weights
        if name not in classes
    ]
    if not errors and not any(weights.get(name, 1.0) for name in classes):
        errors = [FieldError(["class_weights"], "all class weights are 0, so nothing can be learned")]
    return errors


def _layers(layers: Sequence[Layer]) -> list[LayerRead]:
    return [
        LayerRead(
            name=layer.name,
            type=layer.class_name,
            output_shape=layer.output_shape,
            parameters=layer.parameters,
            config=layer.config,
        )
        for layer in layers
    ]


def _learning_rates(spec: RunSpec) -> list[float]:
    """Returns the rates of at most `MAX_RATES` epochs, evenly chosen, the first among them."""
    return [spec.learning_rate_of(epoch) for epoch in range(1, spec.epochs + 1, -(-spec.epochs // MAX_RATES))]
