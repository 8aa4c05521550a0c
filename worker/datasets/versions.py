"""Writes a version of a dataset: the images of another one, with labels, classes or images after changes."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from backend.datasets import store
from backend.datasets.columns import copy_columns
from backend.datasets.derivation import LEFT_OUT, Derivation, Derived, derive, image_options, origins
from backend.datasets.folder import DatasetDamaged
from backend.datasets.schemas import ImageOptions
from backend.datasets.store import ImageRows, Manifest, SelectedRows, StoredDataset
from backend.datasets.version_names import base_name
from backend.errors import Invalid
from backend.uploads.archive.entries import open_zip
from backend.uploads.archive.rules import InvalidZip
from worker.datasets import originals
from worker.datasets.progress import ProgressCallback, ProgressUpdate
from worker.errors import DatasetUnavailable

KEPT_FIELDS = {*ImageOptions.model_fields, "value_range", "packages", "duplicates", "original_bytes"}
"""Of the manifest of the dataset that is changed."""


def write_version(
    source: Path,
    name: str,
    derivation: Mapping[str, Any],
    folder: Path,
    on_progress: ProgressCallback,
    original: Path | None = None,
) -> Manifest:
    """Writes version `name` into the new `folder`, made of the dataset in `source`.

    `original` is the zip that was uploaded as version 1, for a version whose images are decoded again.

    Raises:
        DatasetUnavailable: The source or its zip is damaged or gone, or the changes do not fit it.
    """
    try:
        dataset = StoredDataset.open(source)
        changes = Derivation.model_validate({key: value for key, value in derivation.items() if key != "of"})
        derived = derive(dataset, changes)
        options = image_options(dataset.manifest, changes)
        with store.new_folder(folder) as temporary, _images(dataset, derived, options, original, on_progress) as images:
            _write_places(dataset, derived, temporary)
            arrays = {split: (images[split], derived.labels[split]) for split in dataset.splits}
            fields = _fields(dataset.manifest, changes, derived)
            return store.write_dataset(temporary, name, derived.classes, arrays, **fields)
    except (DatasetDamaged, Invalid, InvalidZip) as error:
        raise DatasetUnavailable(f"{derivation['of']} can't be changed: {error}") from error


@contextmanager
def _images(
    dataset: StoredDataset,
    derived: Derived,
    options: ImageOptions | None,
    original: Path | None,
    on_progress: ProgressCallback,
) -> Iterator[Mapping[str, ImageRows]]:
    """Yields the images of each split: those of the dataset, or decoded from the zip as they are written."""
    if options is None:
        count = sum(map(len, derived.positions.values()))
        on_progress(ProgressUpdate("Writing the images of the new version", count, count))
        yield {split: SelectedRows(dataset.images(split), kept) for split, kept in derived.positions.items()}
        return
    if original is None or not original.is_file():
        raise DatasetUnavailable(f"The zip of {base_name(dataset.manifest.name)!r} is gone; upload the images again.")
    places = {split: originals.places(dataset.folder, split)[kept] for split, kept in derived.positions.items()}
    with open_zip(original) as archive:
        reader = originals.Reader(archive, options, dataset.manifest.value_range, on_progress)
        yield {split: originals.DecodedImages(reader, of) for split, of in places.items()}


def _write_places(dataset: StoredDataset, derived: Derived, folder: Path) -> None:
    """Writes where each image comes from: its position in version 1, in the kept zip, and its columns."""
    for split, kept in derived.positions.items():
        np.save(folder / f"{split}-origins.npy", origins(dataset.folder, dataset, split)[kept])
        if dataset.manifest.original_bytes is not None:
            originals.write_places(folder, split, originals.places(dataset.folder, split)[kept])
    copy_columns(dataset.folder, folder, derived.positions)


def _fields(parent: Manifest, changes: Derivation, derived: Derived) -> dict[str, Any]:
    """Returns the manifest's fields from `fit` on: those of the parent, and what was changed."""
    earlier = (parent.derived or {}).get("class_of") or {name: name for name in parent.classes}
    new_name = {None: None} | {
        name: None if place == LEFT_OUT else derived.classes[place]
        for name, place in zip(parent.classes, derived.class_of, strict=True)
    }
    options = image_options(parent, changes)
    summary = {
        "base": base_name(parent.name),
        "of": parent.name,
        "relabelled": sum(change.do == "relabel" for change in changes.changes),
        "left_out": sum(map(sum, parent.counts.values())) - sum(map(len, derived.positions.values())),
        "renamed": changes.rename,
        "merged": changes.merge,
        "classes_left_out": changes.leave_out,
        "class_of": {name: new_name[now] for name, now in earlier.items()},
        "images": options.model_dump() if options else None,
    }
    kept = {key: value for key, value in asdict(parent).items() if key in KEPT_FIELDS}
    return {**kept, **(options.model_dump() if options else {}), "derived": summary}
