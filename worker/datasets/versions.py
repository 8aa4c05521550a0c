"""Writes a version of a dataset: the images of another one, with labels and classes after changes."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from backend.datasets import store
from backend.datasets.columns import copy_columns
from backend.datasets.derivation import LEFT_OUT, Derivation, Derived, derive, origins
from backend.datasets.schemas import ImageOptions
from backend.datasets.store import DatasetDamaged, Manifest, SelectedRows, StoredDataset
from backend.datasets.versions import base_name
from backend.errors import Invalid
from worker.datasets.progress import ProgressCallback, ProgressUpdate
from worker.errors import DatasetUnavailable

KEPT_FIELDS = {*ImageOptions.model_fields, "value_range", "packages", "duplicates"}  # of the dataset that is changed


def write_version(
    source: Path, name: str, derivation: Mapping[str, Any], folder: Path, on_progress: ProgressCallback
) -> Manifest:
    """Writes version `name` into the new `folder`, made of the dataset in `source`.

    Raises:
        DatasetUnavailable: The source is damaged or gone, or the changes do not fit it.
    """
    try:
        dataset = StoredDataset.open(source)
        changes = Derivation.model_validate({key: value for key, value in derivation.items() if key != "of"})
        derived = derive(dataset, changes)
    except (DatasetDamaged, Invalid) as error:
        raise DatasetUnavailable(f"{derivation['of']} can't be changed: {error}") from error
    images = sum(map(len, derived.positions.values()))
    on_progress(ProgressUpdate("Writing the images of the new version", images, images))
    arrays = {
        split: (SelectedRows(dataset.images(split), derived.positions[split]), derived.labels[split])
        for split in dataset.splits
    }
    with store.new_folder(folder) as temporary:
        for split in arrays:
            positions = origins(source, dataset, split)[derived.positions[split]]
            np.save(temporary / f"{split}-origins.npy", positions)
        copy_columns(source, temporary, derived.positions)
        fields = _fields(dataset.manifest, changes, derived)
        return store.write_dataset(temporary, name, derived.classes, arrays, **fields)


def _fields(parent: Manifest, changes: Derivation, derived: Derived) -> dict[str, Any]:
    """Returns the manifest's fields from `fit` on: those of the parent, and what was changed."""
    earlier = (parent.derived or {}).get("class_of") or {name: name for name in parent.classes}
    new_name = {None: None} | {
        name: None if place == LEFT_OUT else derived.classes[place]
        for name, place in zip(parent.classes, derived.class_of, strict=True)
    }
    summary = {
        "base": base_name(parent.name),
        "of": parent.name,
        "relabelled": sum(change.do == "relabel" for change in changes.changes),
        "left_out": sum(map(sum, parent.counts.values())) - sum(map(len, derived.positions.values())),
        "renamed": changes.rename,
        "merged": changes.merge,
        "classes_left_out": changes.leave_out,
        "class_of": {name: new_name[now] for name, now in earlier.items()},
    }
    kept = {key: value for key, value in asdict(parent).items() if key in KEPT_FIELDS}
    return {**kept, "derived": summary}
