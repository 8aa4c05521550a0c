"""Datasets on disk: written, read, hashed, and checked for damage."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from backend.datasets import store
from backend.datasets.folder import DatasetDamaged
from backend.datasets.store import StoredDataset


def arrays(size: int = 6) -> dict[str, tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]]:
    images = np.arange(size * 4 * 5 * 3, dtype=np.uint8).reshape(size, 4, 5, 3)
    return {"train": (images, np.arange(size) % 3), "test": (images[:2], np.array([2, 2]))}


def test_a_written_dataset_is_read_back(tmp_path: Path) -> None:
    written = arrays()

    folder, manifest = store.write(tmp_path, "shapes", ["a", "b", "ç"], written)
    dataset = StoredDataset.open(folder)

    assert dataset.manifest == manifest
    assert manifest.image_shape == [4, 5, 3]
    assert manifest.counts == {"train": [2, 2, 2], "test": [0, 0, 2]}
    assert manifest.classes == ["a", "b", "ç"]
    np.testing.assert_array_equal(dataset.images("train"), written["train"][0])
    assert dataset.labels("test").tolist() == [2, 2]
    assert dataset.labels("test").dtype == np.uint8


def test_arrays_are_read_only_memory_maps(tmp_path: Path) -> None:
    folder, _ = store.write(tmp_path, "shapes", ["a", "b", "c"], arrays())

    images = StoredDataset.open(folder).images("train")

    assert isinstance(images, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        images[0] = 1


def test_the_hash_depends_on_the_content_alone(tmp_path: Path) -> None:
    changed = arrays()
    changed["test"][0][1, 0, 0, 0] += 1

    first, same, different = (
        store.write(tmp_path, name, ["a", "b", "c"], content)[1].content_hash
        for name, content in (("one", arrays()), ("two", arrays()), ("three", changed))
    )

    assert first == same
    assert first != different


def test_selected_rows_are_written_in_their_order(tmp_path: Path) -> None:
    images, labels = arrays()["train"]
    order = np.array([5, 0, 3])
    with store.new_folder(tmp_path / "selected") as folder:
        manifest = store.write_dataset(
            folder, "shapes", ["a", "b", "c"], arrays() | {"train": (store.SelectedRows(images, order), labels[order])}
        )
    expected = store.write(tmp_path, "shapes", ["a", "b", "c"], arrays() | {"train": (images[order], labels[order])})[1]

    np.testing.assert_array_equal(StoredDataset.open(tmp_path / "selected").images("train"), images[[5, 0, 3]])
    assert manifest == expected


def test_a_manifest_of_an_older_version_is_read(tmp_path: Path) -> None:
    folder, written = store.write(tmp_path, "shapes", ["a", "b", "c"], arrays())
    fields = json.loads((folder / "manifest.json").read_text())
    for name in ("fit", "image_size", "color", "duplicates", "skipped"):
        del fields[name]
    (folder / "manifest.json").write_text(json.dumps(fields))

    assert StoredDataset.open(folder).manifest == written


def test_labels_of_more_than_256_classes_are_uint16(tmp_path: Path) -> None:
    wide = arrays()
    wide["test"] = (wide["test"][0], np.array([299, 0]))

    folder, _ = store.write(tmp_path, "wide", [str(n) for n in range(300)], wide)

    assert StoredDataset.open(folder).labels("test").tolist() == [299, 0]
    assert StoredDataset.open(folder).labels("test").dtype == np.uint16


def test_a_failed_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def raise_disk_full(*_arguments: Any, **_keywords: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np.lib.format, "write_array_header_1_0", raise_disk_full)

    with pytest.raises(OSError, match="No space"):
        store.write(tmp_path, "shapes", ["a", "b", "c"], arrays())
    assert list(tmp_path.iterdir()) == []


def test_a_truncated_file_is_named_in_the_error(tmp_path: Path) -> None:
    folder, _ = store.write(tmp_path, "shapes", ["a", "b", "c"], arrays())
    with (folder / "train-images.npy").open("r+b") as file:
        file.truncate(200)

    with pytest.raises(DatasetDamaged, match=r"train-images\.npy can't be read .* Delete it and prepare it again"):
        StoredDataset.open(folder)


def test_arrays_that_do_not_match_the_manifest_are_refused(tmp_path: Path) -> None:
    folder, _ = store.write(tmp_path, "shapes", ["a", "b", "c"], arrays())
    larger, _ = store.write(tmp_path, "more", ["a", "b", "c"], arrays(size=9))
    (larger / "train-labels.npy").rename(folder / "train-labels.npy")

    with pytest.raises(DatasetDamaged, match="the train arrays do not match the manifest"):
        StoredDataset.open(folder)


def test_a_missing_folder_is_reported_as_damaged(tmp_path: Path) -> None:
    with pytest.raises(DatasetDamaged, match=r"manifest\.json can't be read"):
        StoredDataset.open(tmp_path / "missing")


@pytest.mark.parametrize(
    ("images", "labels", "message"),
    [
        (np.zeros((2, 4, 4, 1)), np.array([0, 1]), "float64 .* expected is uint8"),
        (np.zeros((2, 4, 4), np.uint8), np.array([0, 1]), r"\(2, 4, 4\); expected is uint8 \(n, H, W, 1 or 3\)"),
        (np.zeros((2, 4, 4, 1), np.uint8), np.array([0]), "2 images and 1 labels"),
        (np.zeros((0, 4, 4, 1), np.uint8), np.zeros(0, int), "0 images and 0 labels"),
        (np.zeros((2, 4, 4, 1), np.uint8), np.array([0, 3]), "labels go from 0 to 3; there are 3 classes"),
    ],
)
def test_invalid_arrays_are_refused(
    tmp_path: Path, images: npt.NDArray[Any], labels: npt.NDArray[Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        store.write(tmp_path, "shapes", ["a", "b", "c"], {**arrays(), "train": (images, labels)})


def test_a_third_split_is_stored_where_three_parts_came_and_leaves_the_hash_of_two_as_it_was(tmp_path: Path) -> None:
    two, three = arrays(), arrays() | {"validation": (arrays()["train"][0][3:], np.array([1, 1, 0]))}

    (_, manifest), (folder, with_validation) = (
        store.write(tmp_path, "shapes", ["a", "b", "c"], content) for content in (two, three)
    )
    dataset = StoredDataset.open(folder)

    assert manifest.splits == ["train", "test"]
    assert manifest.content_hash == "7adb419a69c80ae0a52d4399a1868cbf12284834895a96da033e4326f5dd6b63"
    assert dataset.splits == ["train", "validation", "test"]
    assert with_validation.counts["validation"] == [1, 2, 0]
    assert dataset.labels("validation").tolist() == [1, 1, 0]
