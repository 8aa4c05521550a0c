"""Reads zips of images into datasets: what is stored, what is left out, what is refused."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from backend.datasets.columns import read_columns
from backend.datasets.schemas import UploadOptions
from tests.support.files.zips import encoded, noise, pets, picture, zipped
from tests.worker.datasets.conftest import Upload
from worker.datasets.progress import ProgressUpdate
from worker.datasets.uploads import read_upload
from worker.errors import DatasetUnavailable


def pixels(seed: int) -> npt.NDArray[np.uint8]:
    return np.asarray(noise(seed, 8, 8))


def same_size(count: int, first: int = 0) -> list[bytes]:
    """Images of the dataset's size, whose pixels are stored unchanged."""
    return [encoded(noise(seed, 8, 8)) for seed in range(first, first + count)]


@pytest.mark.parametrize(
    ("label", "message"),
    [
        ("a\x1b[31m", "has a control character"),
        (" ", "is empty or begins or ends with a space"),
        ("cats ", "ends with a space"),
    ],
)
def test_a_class_name_with_spaces_or_control_characters_is_refused(upload: Upload, label: str, message: str) -> None:
    table = "file,label\n" + "".join(f'{name},"{label if name.startswith("c") else "dogs"}"\n' for name in pets())
    folders = {name.replace("cats", label): content for name, content in pets().items()}
    content = zipped({**pets(), "labels.csv": table.encode()}) if "\x1b" in label else zipped(folders)

    with pytest.raises(DatasetUnavailable, match=message):
        upload(content)


def test_class_folders_are_split_by_class_and_shuffled(upload: Upload) -> None:
    cats, dogs = same_size(10), same_size(20, 100)
    files = {f"photos/cats/{n}.png": content for n, content in enumerate(cats)}
    files |= {f"photos/dogs/{n}.png": content for n, content in enumerate(dogs)}

    stored = upload(zipped(files))

    manifest = stored.manifest
    assert manifest.classes == ["cats", "dogs"]
    assert manifest.counts == {"train": [8, 16], "test": [2, 4]}
    assert (manifest.fit, manifest.image_size, manifest.color) == ("crop", 8, "rgb")
    assert manifest.skipped == {"count": 0, "items": []}
    assert manifest.duplicates == 0
    labels = stored.labels("train").tolist()
    assert labels != sorted(labels)
    of_cats = [image for split in ("train", "test") for image in stored.images(split)[stored.labels(split) == 0]]
    assert sorted(image.tobytes() for image in of_cats) == sorted(pixels(seed).tobytes() for seed in range(10))


def test_the_order_of_entries_does_not_change_the_dataset(tmp_path: Path) -> None:
    files = pets()
    hashes = []
    for number, names in enumerate((list(files), list(reversed(files)))):
        archive = tmp_path / f"{number}.zip"
        archive.write_bytes(zipped({name: files[name] for name in names}))
        options = UploadOptions(image_size=8)
        hashes.append(read_upload(archive, "x", options, tmp_path / str(number), lambda _update: None).content_hash)

    assert hashes[0] == hashes[1]


def test_train_and_test_folders_are_kept_as_splits(upload: Upload) -> None:
    files = {f"set/Train/{label}/{n}.png": picture(n + seed) for seed, label in ((0, "a"), (50, "b")) for n in range(4)}
    files |= {
        f"set/Test/{label}/{n}.png": picture(n + seed) for seed, label in ((200, "a"), (250, "b")) for n in range(2)
    }
    files |= {"__MACOSX/set/._x": b"junk", "set/.DS_Store": b"junk", "set/Train/a/Thumbs.db": b"junk"}

    stored = upload(zipped(files), test_fraction=0.9)

    assert stored.manifest.counts == {"train": [4, 4], "test": [2, 2]}
    assert {item["reason"] for item in stored.manifest.skipped["items"]} == {"the system left it there"}
    assert stored.manifest.skipped["count"] == 3


def test_three_parts_are_stored_as_three_and_a_class_may_be_absent_from_one(upload: Upload) -> None:
    names = [f"train/{label}/{number}.png" for label in ("cats", "dogs") for number in range(3)]
    names += ["valid/cats/0.png", "valid/dogs/0.png", "test/cats/0.png"]

    dataset = upload(zipped(dict(zip(names, same_size(len(names)), strict=True))))

    assert dataset.manifest.counts == {"train": [3, 3], "validation": [1, 1], "test": [1, 0]}
    np.testing.assert_array_equal(dataset.images("validation")[0], pixels(6 + int(dataset.labels("validation")[0])))
    for split in dataset.splits:
        columns = read_columns(dataset.folder, split)
        assert columns is not None
        assert len(columns.kept[0].data) == len(dataset.labels(split))


def test_an_image_of_validation_is_left_out_of_train_and_one_of_test_out_of_both(upload: Upload) -> None:
    first, second, *others = same_size(6)
    entries = dict(
        zip(
            ("train/a/0.png", "train/b/0.png", "train/a/1.png", "train/a/2.png"),
            [*others[:2], first, second],
            strict=True,
        )
    )
    entries |= {
        "val/a/0.png": first,
        "val/b/0.png": others[2],
        "val/a/1.png": second,
        "test/a/0.png": second,
        "test/b/0.png": others[3],
    }

    dataset = upload(zipped(entries))

    assert {split: len(dataset.labels(split)) for split in dataset.splits} == {"train": 2, "validation": 2, "test": 2}
    assert {item["reason"] for item in dataset.manifest.skipped["items"]} == {
        "the same image is in validation or test, and is kept only there"
    }


def test_labels_csv_names_the_class_of_each_file(upload: Upload) -> None:
    rows = [f"images/{n}.png,{'größer' if n % 2 else 'kleiner'}" for n in range(20)]
    files = {"labels.csv": "\r\n".join(["\ufefffile,label", *rows, ""]).encode()}
    files |= {f"images/{n}.png": picture(n) for n in range(21)}

    manifest = upload(zipped(files)).manifest

    assert manifest.classes == ["größer", "kleiner"]
    assert manifest.counts == {"train": [8, 8], "test": [2, 2]}
    assert manifest.skipped["items"] == [{"entry": "images/20.png", "reason": "labels.csv does not list it"}]


def test_size_folder_and_further_columns_of_labels_csv_are_kept(upload: Upload) -> None:
    rows = [
        f"site {'ab'[n % 2]}/{n}.png,{'cd'[n % 3 == 0]},{n / 4},{['', 'day', 'night'][n % 3]},note {n}"
        for n in range(60)
    ]
    files = {"labels.csv": "\n".join(["file,label,age,light,note", *rows]).encode()}
    files |= {f"site {'ab'[n % 2]}/{n}.png": encoded(noise(n, 8 + n, 16)) for n in range(60)}

    stored = upload(zipped(files))
    columns = read_columns(stored.folder, "train")

    assert columns is not None
    size, folder, age, light = columns.kept
    assert folder.values is not None
    numbers = (age.data * 4).astype(int)  # names each image, whatever its place in the stored order
    assert size.data.tolist() == [min(8 + n, 16) for n in numbers]
    assert [folder.values[int(code)] for code in folder.data] == [f"site {'ab'[n % 2]}" for n in numbers]
    assert (age.key, age.title, age.values) == ("column1", "age", None)
    assert light.values == ["day", "night"]
    assert np.isnan(light.data).tolist() == [n % 3 == 0 for n in numbers]
    assert columns.left_out[0].title == "note"
    assert "60 values that are not all numbers; at most 50 are kept" in columns.left_out[0].reason


def test_class_names_are_stored_in_unicode_nfc(upload: Upload) -> None:
    decomposed = "cafe\u0301"
    files = {
        f"{label}/{n}.png": picture(n + seed) for seed, label in ((0, decomposed), (9, "고양이")) for n in range(5)
    }

    assert upload(zipped(files)).manifest.classes == ["café", "고양이"]


def test_names_without_the_utf8_flag_are_decoded_as_utf8_or_code_page_437(upload: Upload) -> None:
    utf8, dos = "Hütte".encode(), "Höhle".encode("cp437")
    files = {f"{label}/{n}.png": picture(n + seed) for seed, label in ((0, "H__tte"), (9, "H_hle")) for n in range(5)}

    assert upload(zipped(files).replace(b"H__tte", utf8).replace(b"H_hle", dos)).manifest.classes == ["Höhle", "Hütte"]


def test_how_names_were_read_is_kept_with_the_dataset(upload: Upload) -> None:
    files = {f"{label}/{n}.png": picture(n + seed) for seed, label in ((0, "cat_"), (9, "dog_")) for n in range(5)}
    content = zipped(files).replace(b"cat_", "猫".encode("gbk") * 2).replace(b"dog_", "狗".encode("gbk") * 2)

    manifest = upload(content).manifest

    assert manifest.classes == ["狗狗", "猫猫"]
    (notice,) = manifest.notices
    assert notice["text"].startswith("Taken as 狗狗 (Chinese, GBK). To change it, upload the zip again with another")


def test_equal_images_are_in_the_same_split_and_are_counted(upload: Upload) -> None:
    """Each image is in the zip three times, once in another format with the same pixels."""
    images = [noise(seed, 8, 8) for seed in range(20)]
    files = {
        f"{label}/{n}-{copy}.{kind}": encoded(images[n + seed], kind)
        for seed, label in ((0, "cats"), (10, "dogs"))
        for n in range(10)
        for copy, kind in enumerate(("png", "bmp", "png"))
    }

    stored = upload(zipped(files))

    train, test = ({image.tobytes() for image in stored.images(split)} for split in ("train", "test"))
    assert not train & test
    assert stored.manifest.duplicates == 40
    assert stored.manifest.counts == {"train": [24, 24], "test": [6, 6]}


def test_an_image_of_test_is_left_out_of_train(upload: Upload) -> None:
    files = {f"train/{label}/{n}.png": picture(n + seed) for seed, label in ((0, "a"), (50, "b")) for n in range(4)}
    files |= {"test/a/0.png": picture(0), "test/b/0.png": picture(99)}

    manifest = upload(zipped(files)).manifest

    assert manifest.counts == {"train": [3, 4], "test": [1, 1]}
    assert manifest.duplicates == 1
    assert manifest.skipped["items"] == [
        {"entry": "train/a/0.png", "reason": "the same image is in test, and is kept only there"}
    ]


def test_a_class_whose_images_are_all_in_test_keeps_its_training_images(upload: Upload) -> None:
    files = {f"{split}/{label}/0.png": picture(seed) for split in ("train", "test") for seed, label in enumerate("ab")}

    assert upload(zipped(files)).manifest.counts == {"train": [1, 1], "test": [1, 1]}


def test_classes_of_equal_images_are_refused(upload: Upload) -> None:
    with pytest.raises(DatasetUnavailable, match="No class has two images that differ"):
        upload(zipped({f"{label}/{n}.png": picture(seed) for seed, label in enumerate("ab") for n in range(9)}))


def test_options_are_stored_in_the_manifest(upload: Upload) -> None:
    stored = upload(zipped(pets()), image_size=16, fit="pad", color="grayscale", test_fraction=0.5)

    assert stored.manifest.image_shape == [16, 16, 1]
    assert stored.manifest.counts == {"train": [5, 5], "test": [5, 5]}
    assert (stored.manifest.fit, stored.manifest.image_size, stored.manifest.color) == ("pad", 16, "grayscale")
    assert (stored.images("train")[:, 0] == 0).all(), "images of 12 × 10 pixels have black bars at the top"


def test_progress_counts_images(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(zipped(pets(60)))
    updates: list[ProgressUpdate] = []

    read_upload(tmp_path / "a.zip", "pets", UploadOptions(image_size=8), tmp_path / "made", updates.append)

    assert [(update.text, update.done, update.total) for update in updates] == [
        ("Reading images", 0, 120),
        ("Reading images", 100, 120),
        ("Writing the images in stored order", 120, 120),
    ]
