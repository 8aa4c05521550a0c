"""Seconds of an epoch in earlier runs on this board, which are better than any model of costs."""

from itertools import pairwise
from statistics import mean, median
from typing import Any

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.datasets.registry import dataset_read
from backend.datasets.version_names import base_name
from backend.datasets.versions import versions, with_dataset
from backend.db.models import Dataset, Epoch, Event, Run
from backend.network import Impossible, Network, describe
from backend.planning.costs.precision import TIMED_REASON
from backend.planning.costs.training_costs import PASSES
from backend.planning.image_counts import Images, images_of
from backend.spec import RunSpec

COMPARED_RUNS = 20  # newest runs of the same cost whose network is compared
MEASURED_RUNS = 5  # newest runs of the same cost whose epochs give the measured time
MEASURED_EPOCHS = 100  # last epochs of such a run
PAUSE_FACTOR = 5  # a longer time between two epochs than so many medians is that of a run that was resumed
MAX_SHARE = 2.0  # of the images of another version: what does not grow with them is scaled, too
SAVING_SECONDS = 0.1  # after an epoch, beside its `seconds`


def measured_epochs(
    session: Session, spec: RunSpec, network: Network, images: Images | None, devices: set[str]
) -> list[float]:
    """Returns the seconds of an epoch of the newest equal runs, with the time for saving it.

    Where no run has ended on this version of its dataset, those on other versions count, by their number of images.
    """
    if own := _measured(session, spec, network, devices):
        return own
    shares = _other_versions(session, spec, network, images) if images is not None else {}
    measured = ((_measured(session, with_dataset(spec, name), network, devices), shares[name]) for name in shares)
    return next(([seconds * share for seconds in runs] for runs, share in measured if runs), [])


def _other_versions(session: Session, spec: RunSpec, network: Network, images: Images) -> dict[str, float]:
    """Returns the other versions of the spec's dataset that are alike, with how many times their images it has.

    The newest one is first. Their images have the same size, and are not many times as many or as few.
    """
    base = base_name(spec.dataset.name)
    shares = {}
    for name in [*reversed(versions(session, base)), base]:
        dataset = dataset_read(name, session.get(Dataset, name))
        other = images_of(spec.dataset, dataset)
        if name == spec.dataset.name or other is None or dataset.image_shape != list(network.image_shape):
            continue
        share = _passes(images) / _passes(other)
        if 1 / MAX_SHARE <= share <= MAX_SHARE:
            shares[name] = share
    return shares


def _passes(images: Images) -> int:
    return PASSES * images.train + images.validation


def _measured(session: Session, spec: RunSpec, network: Network, devices: set[str]) -> list[float]:
    rows = session.execute(
        select(Run.id, Run.spec, Run.precision, Run.machine)
        .where(Run.status == "finished", Run.dataset == spec.dataset.name, Run.parameters == network.parameters)
        .order_by(Run.created_at.desc())
        .limit(COMPARED_RUNS)
    )
    equal = [
        run_id
        for run_id, run_spec, decided, machine in rows
        if _is_on(devices, machine)
        and _costs_the_same(spec, network, run_spec | ({"precision": decided} if decided else {}))
    ]
    seconds = (_seconds_per_epoch(session, run_id) for run_id in equal[:MEASURED_RUNS])
    return [value for value in seconds if value]


def was_timed(session: Session, spec: RunSpec, network: Network, devices: set[str]) -> bool:
    """Returns whether the steps of the same network, batches and optimizer were timed for an earlier run's `auto`."""
    rows = session.execute(
        select(Run.spec, Run.machine)
        .where(Run.precision_reason.contains(TIMED_REASON), Run.parameters == network.parameters)
        .order_by(Run.created_at.desc())
        .limit(COMPARED_RUNS)
    )
    return any(_is_on(devices, machine) and _has_same_steps(spec, network, other) for other, machine in rows)


def _is_on(devices: set[str], machine: str | None) -> bool:
    return any(device in (machine or "") for device in devices)


def _has_same_steps(spec: RunSpec, network: Network, other: dict[str, Any]) -> bool:
    """Returns whether a stored spec's steps take the time of this one's; see `worker.training.precision`."""
    own = spec.as_json()
    if own["batch_size"] != other["batch_size"] or own["optimizer"]["name"] != other["optimizer"]["name"]:
        return False
    return _has_same_layers(own, network, other)


def _seconds_per_epoch(session: Session, run_id: str) -> float | None:
    """Returns the mean time from one saved epoch to the next, without pauses; else by the first epoch's metrics."""
    last = select(Event.time).where(Event.run_id == run_id, Event.kind == "epoch").order_by(Event.seq.desc())
    saved_at = list(session.scalars(last.limit(MEASURED_EPOCHS)))
    gaps = [later - earlier for later, earlier in pairwise(saved_at) if later > earlier]  # a clock may be set back
    if gaps:
        return mean(gap for gap in gaps if gap <= PAUSE_FACTOR * median(gaps))
    metrics = session.scalar(select(Epoch.metrics).where(Epoch.run_id == run_id).order_by(Epoch.epoch.desc()).limit(1))
    return metrics["seconds"] + SAVING_SECONDS if metrics and metrics.get("seconds") else None


def _costs_the_same(spec: RunSpec, network: Network, other: dict[str, Any]) -> bool:
    """Returns whether a stored spec has the same data, batches and layers, whichever way its model is written."""
    own = spec.as_json()
    if spec.head_epochs() and own["epochs"] != other["epochs"]:
        return False  # another share of its epochs trains the head alone
    if any(own.get(part) != other.get(part) for part in ("dataset", "batch_size", "precision", "augmentation")):
        return False
    return _has_same_layers(own, network, other)


def _has_same_layers(own: dict[str, Any], network: Network, other: dict[str, Any]) -> bool:
    if own["model"] == other["model"]:
        return True
    try:
        model = RunSpec.model_validate(other).model
        other_network = describe(model, network.image_shape, network.layers[-1].output_shape[-1])
    except (ValidationError, Impossible):
        return False  # written by a version that allowed more
    return _layers(network) == _layers(other_network)


def _layers(network: Network) -> list[tuple[str, list[int], dict[str, Any]]]:
    """Returns what a network computes, without the names of its layers."""
    return [(layer.class_name, layer.output_shape, layer.unnamed_config) for layer in network.layers]
