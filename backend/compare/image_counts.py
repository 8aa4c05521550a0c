"""How many images each split of a run has, counted without its predictions."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sqlalchemy.orm import Session

from backend.datasets.images import open_dataset
from backend.datasets.splits import share_size
from backend.datasets.store import StoredDataset
from backend.db.models import Run
from backend.errors import NotFound
from backend.spec import DatasetSpec, FromTrain, FromValidation


@dataclass(frozen=True)
class ImageCounts:
    """Images that train, that validate, and of the test split."""

    train: int
    validation: int
    test: int


def image_counts(session: Session, data_dir: Path, runs: Iterable[Run]) -> dict[str, ImageCounts]:
    """Returns the counts by the runs' ids, without runs whose dataset is gone or has changed since."""
    specs = {run.id: DatasetSpec.model_validate(run.spec["dataset"]) for run in runs}
    datasets = {name: _open(session, data_dir, name) for name in {spec.name for spec in specs.values()}}
    counts: dict[str, ImageCounts] = {}
    by_spec: dict[DatasetSpec, ImageCounts] = {}  # many runs have the same
    for run in runs:
        spec, dataset = specs[run.id], datasets[run.dataset]
        if dataset is not None and run.dataset_hash in (None, dataset.manifest.content_hash):
            counts[run.id] = by_spec.get(spec) or by_spec.setdefault(spec, _count(dataset, spec))
    return counts


def _open(session: Session, data_dir: Path, name: str) -> StoredDataset | None:
    try:
        return open_dataset(session, data_dir, name)
    except NotFound:
        return None


def _count(dataset: StoredDataset, spec: DatasetSpec) -> ImageCounts:
    """Counts as `backend.datasets.splits.hold_back` draws: by class."""
    by_class = np.bincount(dataset.labels("train")[: spec.train_limit])
    train, test = int(by_class.sum()), len(dataset.labels("test")[: spec.test_limit])
    if isinstance(spec.validation, FromTrain):
        held_back = sum(share_size(int(images), spec.validation.fraction) for images in by_class if images)
        return ImageCounts(train - held_back, held_back, test)
    if isinstance(spec.validation, FromValidation):
        return ImageCounts(train, sum(dataset.manifest.counts.get("validation", [])), test)
    return ImageCounts(train, test, test)
