"""Datasets on disk."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backend.datasets import store
from backend.datasets.store import DatasetDamaged, StoredDataset


def arrays(size: int = 6) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    images = np.arange(size * 4 * 5 * 3, dtype=np.uint8).reshape(size, 4, 5, 3)
    return {"train": (images, np.arange(size) % 3), "test": (images[:2], np.array([2, 2]))}


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    given = arrays()

    folder, manifest = store.write(tmp_path, "shapes", ["a", "b", "ç"], given)
    dataset = StoredDataset.open(folder)

    assert dataset.manifest == manifest
    assert manifest.image_shape == [4, 5, 3]
    assert manifest.counts == {"train": [2, 2, 2], "test": [0, 0, 2]}
    assert manifest.classes == ["a", "b", "ç"]
    np.testing.assert_array_equal(dataset.images("train"), given["train"][0])
    assert dataset.labels("test").tolist() == [2, 2]
    assert dataset.labels("test").dtype == np.uint8


def test_arrays_are_mapped_and_cannot_be_written(tmp_path: Path) -> None:
    folder, _ = store.write(tmp_path, "shapes", ["a", "b", "c"], arrays())

    images = StoredDataset.open(folder).images("train")

    assert isinstance(images, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        images[0] = 1


def test_the_hash_is_that_of_the_content(tmp_path: Path) -> None:
    changed = arrays()
    changed["test"][0][1, 0, 0, 0] += 1

    first, again, other = (
        store.write(tmp_path, name, ["a", "b", "c"], content)[1].content_hash
        for name, content in (("one", arrays()), ("two", arrays()), ("three", changed))
    )

    assert first == again
    assert first != other


def test_rows_can_be_picked_in_another_order(tmp_path: Path) -> None:
    images, labels = arrays()["train"]
    order = np.array([5, 0, 3])
    with store.new_folder(tmp_path / "picked") as folder:
        manifest = store.fill(
            folder, "shapes", ["a", "b", "c"], arrays() | {"train": (store.Picked(images, order), labels[order])}
        )
    plain = store.write(tmp_path, "shapes", ["a", "b", "c"], arrays() | {"train": (images[order], labels[order])})[1]

    np.testing.assert_array_equal(StoredDataset.open(tmp_path / "picked").images("train"), images[[5, 0, 3]])
    assert manifest == plain


def test_a_manifest_of_an_older_version_is_read(tmp_path: Path) -> None:
    folder, written = store.write(tmp_path, "shapes", ["a", "b", "c"], arrays())
    old = json.loads((folder / "manifest.json").read_text())
    for name in ("fit", "image_size", "color", "duplicates", "skipped"):
        del old[name]
    (folder / "manifest.json").write_text(json.dumps(old))

    assert StoredDataset.open(folder).manifest == written


def test_more_than_256_classes_get_wider_labels(tmp_path: Path) -> None:
    given = arrays()
    given["test"] = (given["test"][0], np.array([299, 0]))

    folder, _ = store.write(tmp_path, "wide", [str(n) for n in range(300)], given)

    assert StoredDataset.open(folder).labels("test").tolist() == [299, 0]
    assert StoredDataset.open(folder).labels("test").dtype == np.uint16


def test_a_failed_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_given: Any, **_named: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np.lib.format, "write_array_header_1_0", full)

    with pytest.raises(OSError, match="No space"):
        store.write(tmp_path, "shapes", ["a", "b", "c"], arrays())
    assert list(tmp_path.iterdir()) == []


def test_a_truncated_file_is_named(tmp_path: Path) -> None:
    folder, _ = store.write(tmp_path, "shapes", ["a", "b", "c"], arrays())
    with (folder / "train-images.npy").open("r+b") as file:
        file.truncate(200)

    with pytest.raises(DatasetDamaged, match=r"train-images\.npy can't be read .* Delete it and prepare it again"):
        StoredDataset.open(folder)


def test_an_array_of_another_dataset_is_noticed(tmp_path: Path) -> None:
    folder, _ = store.write(tmp_path, "shapes", ["a", "b", "c"], arrays())
    other, _ = store.write(tmp_path, "more", ["a", "b", "c"], arrays(size=9))
    (other / "train-labels.npy").rename(folder / "train-labels.npy")

    with pytest.raises(DatasetDamaged, match="the train arrays are not those of the manifest"):
        StoredDataset.open(folder)


def test_a_missing_folder_is_said_to_be_damaged(tmp_path: Path) -> None:
    with pytest.raises(DatasetDamaged, match=r"manifest\.json can't be read"):
        StoredDataset.open(tmp_path / "gone")


@pytest.mark.parametrize(
    ("images", "labels", "message"),
    [
        (np.zeros((2, 4, 4, 1)), np.array([0, 1]), "float64 .* needed is uint8"),
        (np.zeros((2, 4, 4), np.uint8), np.array([0, 1]), r"\(2, 4, 4\); needed is uint8 N × H × W × 1 or 3"),
        (np.zeros((2, 4, 4, 1), np.uint8), np.array([0]), "2 images and 1 labels"),
        (np.zeros((0, 4, 4, 1), np.uint8), np.zeros(0, int), "0 images and 0 labels"),
        (np.zeros((2, 4, 4, 1), np.uint8), np.array([0, 3]), "labels go from 0 to 3; there are 3 classes"),
    ],
)
def test_arrays_that_are_no_dataset_are_refused(
    tmp_path: Path, images: np.ndarray, labels: np.ndarray, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        store.write(tmp_path, "shapes", ["a", "b", "c"], {**arrays(), "train": (images, labels)})
