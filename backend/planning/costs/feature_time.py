"""Estimates how long the features of a frozen backbone take that a run has to compute."""

from pathlib import Path

from backend.datasets import feature_store
from backend.network import Network
from backend.planning.costs.run_costs import RunCosts, variants_of
from backend.planning.costs.speed import EpochTime, feature_time_by_speed, likely_range
from backend.planning.image_counts import Images
from backend.spec import BackbonePart, RunSpec
from backend.workers import WorkerRead, fastest_costs, other_load

NO_TIME = EpochTime(0.0, None)


def feature_time(
    spec: RunSpec, network: Network, images: Images | None, workers: list[WorkerRead], dataset: Path | None
) -> EpochTime | None:
    """Returns the seconds of all features that a run needs and that are not kept in the folder of its dataset.

    They are as measured for other features of that backbone on this board, else by the speed of the fastest device.
    """
    if not isinstance(spec.model, BackbonePart) or not spec.head_epochs():
        return NO_TIME
    if images is None:
        return None
    prefix = feature_store.key_prefix(spec, spec.model)
    missing = _missing_images(spec, images, dataset, prefix)
    speed = feature_store.measured_speed(dataset.parent, prefix) if dataset else None
    if speed or not missing:
        return EpochTime(missing / speed if speed else 0.0, None)
    estimate = _estimated(spec, network, missing, workers)
    return estimate.beside(other_load(workers)) if estimate else None


def _estimated(spec: RunSpec, network: Network, missing: int, workers: list[WorkerRead]) -> EpochTime | None:
    """Returns the seconds of so many features on a quiet machine."""
    if (costs := fastest_costs(workers, spec.precision)) is not None:
        seconds = RunCosts(costs, spec, network).features(missing, variants_of(spec))
        return EpochTime(seconds, likely_range(seconds))
    return feature_time_by_speed(spec, network, missing, workers)


def _missing_images(spec: RunSpec, images: Images, dataset: Path | None, prefix: str) -> int:
    """Counts an image once for each of its variants. Variants are taken to be missing: each seed has others."""
    are_kept = dataset is not None and feature_store.are_kept(dataset, prefix, images.train)
    plain = 0 if are_kept else images.train + images.validation
    return plain + images.train * variants_of(spec)
