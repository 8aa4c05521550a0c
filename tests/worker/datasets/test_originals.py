"""A version decodes the kept zip again: other sizes and colours, with the labels, classes, order and splits so far."""

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from backend.datasets.folder import ORIGINAL
from backend.datasets.schemas import UploadOptions
from backend.datasets.store import StoredDataset
from tests.support.files.zips import encoded, pets, zipped
from worker.datasets import originals
from worker.datasets.progress import ProgressUpdate
from worker.datasets.uploads import read_upload
from worker.datasets.versions import write_version
from worker.errors import DatasetUnavailable

SMALL, LARGE = 8, 12


def stored(tmp_path: Path, folder: str, entries: Mapping[str, bytes] | None = None, **options: Any) -> StoredDataset:
    archive = tmp_path / f"{folder}.zip"
    archive.write_bytes(zipped(entries or pets()))
    read_upload(archive, "pets", UploadOptions(**options), tmp_path / folder, lambda _update: None)
    return StoredDataset.open(tmp_path / folder)


def version(of: StoredDataset, number: int, **derivation: Any) -> StoredDataset:
    name, folder = f"pets@{number}", of.folder.with_name(f"v{number}")
    original = of.folder.with_name("v1") / ORIGINAL
    write_version(of.folder, name, {"of": of.manifest.name, **derivation}, folder, lambda _update: None, original)
    return StoredDataset.open(folder)


def test_a_version_of_another_size_keeps_all_that_earlier_versions_changed(tmp_path: Path) -> None:
    first, large = stored(tmp_path, "v1", image_size=SMALL), stored(tmp_path, "large", image_size=LARGE)
    label = first.manifest.classes[1 - int(first.labels("train")[0])]
    changes = [
        {"split": "train", "index": 0, "do": "relabel", "class": label},
        {"split": "train", "index": 3, "do": "leave_out"},
    ]
    second = version(first, 2, changes=changes, rename={"cats": "Cat"})

    third = version(second, 3, image_size=LARGE)

    kept = [index for index in range(len(first.labels("train"))) if index != 3]
    assert np.array_equal(third.images("train"), large.images("train")[kept])
    assert np.array_equal(third.images("test"), large.images("test"))
    assert np.array_equal(third.labels("train"), second.labels("train"))
    assert (third.manifest.classes, third.manifest.image_size) == (["Cat", "dogs"], LARGE)
    assert (third.manifest.derived or {})["images"] == {"image_size": LARGE, "fit": "crop", "color": "rgb"}
    assert np.load(third.folder / "train-origins.npy").tolist() == kept


def test_size_and_labels_may_change_at_once_and_the_size_may_change_back(tmp_path: Path) -> None:
    first = stored(tmp_path, "v1", image_size=SMALL)

    left_out = {"split": "test", "index": 0, "do": "leave_out"}
    second = version(first, 2, image_size=LARGE, color="grayscale", changes=[left_out])
    third = version(second, 3, image_size=SMALL, color="rgb")

    assert second.manifest.image_shape == [LARGE, LARGE, 1]
    assert np.array_equal(third.images("test"), first.images("test")[1:])
    assert np.array_equal(third.images("train"), first.images("train"))


def test_values_of_twelve_bits_become_the_same_black_and_white(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    images = [Image.fromarray(rng.integers(0, 4096, (16, 16)).astype(np.uint16)) for _ in range(12)]
    entries = {f"{'ab'[place % 2]}/{place}.png": encoded(image) for place, image in enumerate(images)}
    first = stored(tmp_path, "v1", entries, image_size=SMALL)

    second = version(first, 2, image_size=LARGE)

    large = stored(tmp_path, "large", entries, image_size=LARGE)
    assert np.array_equal(second.images("train"), large.images("train"))
    assert second.manifest.value_range == first.manifest.value_range == [0, 4095]


def test_a_zip_that_is_gone_is_reported(tmp_path: Path) -> None:
    first = stored(tmp_path, "v1", image_size=SMALL)
    (first.folder / ORIGINAL).unlink()

    with pytest.raises(DatasetUnavailable, match="The zip of 'pets' is gone; upload the images again"):
        version(first, 2, image_size=LARGE)


def test_progress_counts_the_images_of_all_splits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(originals, "PROGRESS_IMAGES", 10)
    first = stored(tmp_path, "v1", image_size=SMALL)
    updates: list[ProgressUpdate] = []

    padded = {"of": "pets", "fit": "pad"}
    write_version(first.folder, "pets@2", padded, tmp_path / "v2", updates.append, first.folder / ORIGINAL)

    assert [(update.done, update.total) for update in updates] == [(0, 20), (10, 20)]


def test_the_zip_is_kept_without_a_copy_unless_the_options_say_no(tmp_path: Path) -> None:
    kept = stored(tmp_path, "v1", image_size=SMALL)
    zip_bytes = (tmp_path / "v1.zip").stat().st_size

    without = stored(tmp_path, "without", image_size=SMALL, keep_original=False)

    assert (kept.manifest.original_bytes, without.manifest.original_bytes) == (zip_bytes, None)
    assert zipfile.is_zipfile(kept.folder / ORIGINAL)
    assert not list(without.folder.glob("*.zip")) + list(without.folder.glob("*-entries.npy"))
    with pytest.raises(DatasetUnavailable, match=r"need the zip of 'pets', and it was .*; upload the images again"):
        version(without, 2, image_size=LARGE)


def test_a_zip_that_is_gone_or_damaged_since_fails_the_version_only(tmp_path: Path) -> None:
    first = stored(tmp_path, "v1", image_size=SMALL)
    (first.folder / ORIGINAL).write_bytes(b"PK no zip")

    with pytest.raises(DatasetUnavailable, match="pets can't be changed: This is not a zip file"):
        version(first, 2, image_size=LARGE)

    assert not (tmp_path / "v2").exists()
    assert StoredDataset.open(first.folder).manifest == first.manifest
