"""Folders that divide a zip into train, validation and test, in the names that people give them."""

import pytest

from backend.uploads.archive.rules import InvalidZip
from tests.support.files.layouts import counts, images, layout_of


@pytest.mark.parametrize(
    "name", ["val", "Valid", "VALIDATION", "dev", "testing", "Test", "test_set", "test1", "testset"]
)
def test_a_held_out_folder_beside_train_is_the_test_split(name: str) -> None:
    layout = layout_of([*images("Train/a", "Train/b"), *images(f"{name}/a", f"{name}/b", each=2)])

    assert counts(layout) == {"train": {"a": 3, "b": 3}, "test": {"a": 2, "b": 2}}


def test_three_parts_are_kept_as_three() -> None:
    layout = layout_of([*images("train/a", "train/b"), *images("valid/a", "valid/b"), *images("test/a", "test/b")])

    assert set(counts(layout)) == {"train", "validation", "test"}
    assert [(part.path, part.role) for part in layout.parts] == [
        ("train/", "train"),
        ("valid/", "validation"),
        ("test/", "test"),
    ]


def test_folders_inside_the_splits_may_repeat_their_names() -> None:
    """As a well-known set of landscapes has them, with a third folder of loose pictures."""
    names = images("archive/seg_train/seg_train/sea", "archive/seg_train/seg_train/ice")
    names += images("archive/seg_test/seg_test/sea", "archive/seg_pred/seg_pred")

    layout = layout_of(names)

    assert counts(layout) == {"train": {"sea": 3, "ice": 3}, "test": {"sea": 3}}
    assert [part.role for part in layout.parts] == ["train", "test", "left_out"]
    assert len(layout.skipped) == 3


def test_a_class_may_be_named_train() -> None:
    assert layout_of(images("train", "bus", "car")).classes == ["bus", "car", "train"]


def test_loose_pictures_in_test_are_left_out_and_named() -> None:
    layout = layout_of([*images("train/a", "train/b"), "test/1.jpg", "test/2.jpg"])

    assert counts(layout) == {None: {"a": 3, "b": 3}}
    assert layout.description == "Folder train has a folder for each class."
    assert layout.parts[1].role == "left_out"
    assert "Try it" in layout.parts[1].text
    assert [skipped.entry for skipped in layout.skipped] == ["test/1.jpg", "test/2.jpg"]


def test_a_class_that_is_missing_in_test_has_support_0() -> None:
    layout = layout_of([*images("train/a", "train/b"), *images("test/a")])

    assert counts(layout) == {"train": {"a": 3, "b": 3}, "test": {"a": 3}}
    assert layout.warnings[0].title == "Not in test: b"


def test_a_class_that_is_only_in_test_is_left_out_and_named() -> None:
    layout = layout_of([*images("train/a", "train/b"), *images("test/a", "test/b", "test/c")])

    assert layout.classes == ["a", "b"]
    assert [skipped.reason for skipped in layout.skipped] == ["no image of its class is there to train on"] * 3
    assert layout.warnings[0].title == "No training images: c"


def test_test_may_write_a_class_in_another_case() -> None:
    assert layout_of([*images("train/Cats", "train/Dogs"), *images("test/cats", "test/dogs")]).classes == [
        "Cats",
        "Dogs",
    ]


def test_a_folder_beside_the_splits_is_left_out_unless_an_option_gives_it_a_role() -> None:
    names = [*images("train/a", "train/b"), *images("test/a", "test/b"), *images("more/a", "more/b")]

    assert "more/a/0.jpg" in [skipped.entry for skipped in layout_of(names).skipped]
    assert counts(layout_of(names, folder=["more:train"]))["train"] == {"a": 6, "b": 6}
    assert counts(layout_of(names, folder=["test:left_out"])) == {None: {"a": 3, "b": 3}}
    with pytest.raises(InvalidZip, match=r"There is no folder 'other' at the top of the zip; its folders are"):
        layout_of(names, folder=["other:test"])


def test_splits_may_lie_inside_the_classes() -> None:
    layout = layout_of(images("cat/train", "cat/val", "dog/train", "dog/val"))

    assert counts(layout) == {"train": {"cat": 3, "dog": 3}, "test": {"cat": 3, "dog": 3}}


def test_splits_may_lie_in_one_folder_beside_others() -> None:
    layout = layout_of(images("data/train/a", "data/train/b", "data/test/a", "data/test/b", "docs"))

    assert counts(layout) == {"train": {"a": 3, "b": 3}, "test": {"a": 3, "b": 3}}
    assert {skipped.reason for skipped in layout.skipped} == {"the folder docs is left out"}


def test_held_out_folders_alone_are_refused_with_the_step() -> None:
    with pytest.raises(InvalidZip, match=r"none to train on; add a folder train, or say which of them it is: folder="):
        layout_of(images("test/a", "test/b", "val/a", "val/b"))


def test_one_class_to_train_on_is_refused_with_those_that_are_only_held_out() -> None:
    with pytest.raises(
        InvalidZip, match=r"Only the class 'good' has images to train on; those of broken are only in the"
    ):
        layout_of(images("bottle/train/good", "bottle/test/good", "bottle/test/broken"))


def test_held_out_folders_of_other_classes_are_refused_with_the_step() -> None:
    with pytest.raises(InvalidZip, match=r"No image is left to test on: c, d have no images to train on.*folder=test:"):
        layout_of(images("train/a", "train/b", "test/c", "test/d"))


def test_validation_is_the_test_split_where_no_image_of_test_can_be_learned() -> None:
    layout = layout_of(images("train/a", "train/b", "val/a", "val/b", "test/c"))

    assert counts(layout) == {"train": {"a": 3, "b": 3}, "test": {"a": 3, "b": 3}}


def test_nothing_to_train_on_is_refused_with_the_step() -> None:
    with pytest.raises(InvalidZip, match="none to train on; name a folder train, or say which one it is"):
        layout_of([*images("a/x", "a/y"), *images("b/x", "b/y")], folder=["a:test", "b:validation"])
