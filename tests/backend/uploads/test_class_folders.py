"""Class folders as people have them: folders of folders, deeper files, empty ones, and what systems leave in them."""

import pytest

from backend.datasets.schemas import ClassLevels
from backend.uploads.archive.rules import InvalidZip
from tests.support.files.layouts import counts, different_pictures, images, layout_of
from tests.support.files.zips import zipped


@pytest.mark.parametrize(
    ("levels", "classes"),
    [
        (None, ["animal/cat", "animal/dog", "plant/oak"]),
        ("last", ["cat", "dog", "oak"]),
        ("first", ["animal", "plant"]),
    ],
)
def test_two_levels_of_classes_are_kept_or_one_of_them(levels: ClassLevels | None, classes: list[str]) -> None:
    layout = layout_of(images("animal/cat", "animal/dog", "plant/oak"), class_levels=levels)

    assert layout.classes == classes
    assert layout.choices[0].option == "class_levels"
    assert layout.choices[0].chosen == (levels or "all")
    assert [(value.title, value.effect) for value in layout.choices[0].values] == [
        ("animal/cat", "3 classes"),
        ("cat", "3 classes"),
        ("animal", "2 classes"),
    ]


def test_a_last_name_under_two_parents_is_reported_before_it_is_joined() -> None:
    layout = layout_of(images("apple/healthy", "apple/scab", "corn/healthy"))

    assert layout.classes == ["apple/healthy", "apple/scab", "corn/healthy"]
    assert "healthy is in apple, corn" in layout.choices[0].text


@pytest.mark.parametrize(
    "deeper",
    [["session1", "session2"], ["2026-03-01", "2026-03-02"], ["images", "images"], ["Day 1", "IMG 2"], ["a1", "a2"]],
)
def test_deeper_folders_that_divide_a_class_are_no_classes(deeper: list[str]) -> None:
    layout = layout_of(images(*(f"{label}/{folder}" for label in ("cat", "dog") for folder in dict.fromkeys(deeper))))

    assert layout.classes == ["cat", "dog"]
    assert {image.folder for image in layout.images} == set(deeper)


def test_files_deeper_than_others_of_their_class_belong_to_it() -> None:
    layout = layout_of([*images("cat", "dog"), *images("cat/from my phone")])

    assert counts(layout) == {None: {"cat": 6, "dog": 3}}


def test_a_class_folder_can_be_left_out() -> None:
    layout = layout_of(images("cat", "dog", "bird"), folder=["bird:left_out"])

    assert layout.classes == ["cat", "dog"]
    assert {skipped.reason for skipped in layout.skipped} == {"the folder bird is left out"}


def test_folders_above_all_classes_may_be_folds() -> None:
    assert layout_of(images("fold1/cat", "fold1/dog", "fold2/cat", "fold2/dog")).classes == ["cat", "dog"]


def test_an_empty_folder_is_reported() -> None:
    layout = layout_of([*images("cat", "dog"), "bird/", "fish/sea/"])

    assert layout.classes == ["cat", "dog"]
    assert layout.warnings[0].title == "2 folders have no images"
    assert layout.warnings[0].text.startswith("bird/, fish/ can be no class. If one should be, put images into it")


def test_what_systems_leave_is_left_out_and_named() -> None:
    left = [
        "__MACOSX/photos/cat/._0.jpg", "photos/.DS_Store", "photos/cat/Thumbs.db", "photos/cat/._1.jpg",
        "photos/cat/@eaDir/0.jpg/SYNOPHOTO_THUMB_M.jpg", "photos/#recycle/9.jpg", "photos/.ipynb_checkpoints/0.jpg",
        "photos/desktop.ini", "photos/System Volume Information/x.jpg", "photos/dog/~$notes.docx",
        "photos/@Recycle/8.jpg", "photos/$RECYCLE.BIN/7.jpg", "photos/cat/.@__thumb/0.jpg", "photos/Icon\r",
    ]  # fmt: skip

    layout = layout_of([*images("photos/cat", "photos/dog"), *left])

    assert counts(layout) == {None: {"cat": 3, "dog": 3}}
    assert {skipped.reason for skipped in layout.skipped} == {"the system left it there"}
    assert sorted(skipped.entry for skipped in layout.skipped) == sorted(name.replace("\r", "\u240d") for name in left)
    assert layout.parts[-1].text == "left by the system, 14 files"


def test_what_says_something_about_the_dataset_is_left_out_and_named() -> None:
    about = ["README.roboflow.txt", "README.md", "LICENSE", "data.yaml", "dataset-metadata.json"]
    files = different_pictures(images("set/cat", "set/dog")) | {f"set/{name}": b"words" for name in about}

    layout = layout_of(zipped(files))

    assert layout.classes == ["cat", "dog"]
    assert layout.parts[-1].text == "about the dataset, 5 files"
    assert len(layout.skipped) == 5


def test_an_archive_beside_the_images_is_named() -> None:
    files = different_pictures(images("cat", "dog")) | {"more.rar": b"Rar!\x1a\x07", "old": zipped({})}

    layout = layout_of(zipped(files | {"old.zip": zipped({"a": b""})}))

    assert layout.parts[-1].path == "more.rar, old.zip"


def test_backslashes_are_slashes() -> None:
    layout = layout_of(["pets\\", "pets\\cat\\", *(name.replace("/", "\\") for name in images("pets/cat", "pets/dog"))])

    assert counts(layout) == {None: {"cat": 3, "dog": 3}}
    assert layout.warnings == []


REFUSED = {
    "one class": (different_pictures(images("data/cat")), "only the class 'cat' (3 images); at least two classes"),
    "a zip in the zip": ({"set.zip": zipped({"a": b"b"})}, "only another archive inside it ('set.zip'). Unpack that"),
    "a tar in the zip": ({"set.tar.gz": b"\x1f\x8b\x08"}, "only another archive inside it ('set.tar.gz')"),
    "a Keras model": (
        {"config.json": b"{}", "model.weights.h5": b"x"},
        "There are no images in the zip: it is a Keras",
    ),
    "an Office document": ({"[Content_Types].xml": b"<?xml", "word/a.xml": b"<"}, "it is an Office document. Put the"),
    "nothing": ({}, "There are no images in the zip: it has no files. Put the images of each class into a folder"),
    "texts": ({"a/1.txt": b"x", "b/2.txt": b"y"}, "There are no images in the zip, only 2 × text. Put the images of"),
    "loose images": (
        different_pictures([f"IMG_{number:04}.jpg" for number in range(30)]),
        "30 images at the top of the zip, in no folder, and their names ('IMG_0000.jpg', 'IMG_0001.jpg', ",
    ),
    "loose images in splits": (
        different_pictures(["train/a1.jpg", "train/b2.jpg", "test/3.jpg"]),
        "The zip has 3 images in no class folder, and their names",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_refusal_says_what_was_found_and_the_step_that_repairs_it(case: str) -> None:
    files, message = REFUSED[case]

    with pytest.raises(InvalidZip) as raised:
        layout_of(zipped(files))

    assert message in str(raised.value)
