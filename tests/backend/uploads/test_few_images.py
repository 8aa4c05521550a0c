"""Notices about classes with few images, and refusals of zips without any that a network can be trained on."""

import pytest

from backend.uploads.archive.rules import InvalidZip
from backend.uploads.look.few_images import check_held_out, few_images
from tests.support.files.layouts import images, layout_of
from tests.support.files.zips import zipped


def test_a_rare_class_is_named_with_its_held_out_images() -> None:
    (notice,) = few_images({"dog": {"train": 240, "test": 60}, "cat": {"train": 1, "test": 1}})

    assert notice.title == "Few images: cat"
    assert notice.text.startswith("cat has 2 images, 1 of them outside of train, and the commonest class 300.")


def test_a_class_that_is_rare_only_outside_of_train_is_named() -> None:
    (notice,) = few_images({"dog": {"train": 20, "test": 20}, "cat": {"train": 20, "test": 1}})

    assert notice.title == "Few images: cat"


def test_a_class_of_one_image_is_named_and_equal_classes_are_not() -> None:
    (notice,) = few_images({"dog": {"train": 4, "test": 1}, "cat": {"train": 1, "test": 0}})

    assert notice.title == "Only one image: cat"
    assert few_images({"dog": {"train": 4, "test": 1}, "cat": {"train": 3, "test": 1}}) == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (zipped({f"ct/{at}.dcm": bytes(128) + b"DICM" for at in range(3)}), "Do this with each file: convert it to 16"),
        (zipped({"data/train.parquet": b"PAR1" + bytes(9)}), "save each image in it as a file. Then put"),
        (zipped({"a/1.jpg": b"version https://git-lfs"}), "run git lfs pull, and zip the folder again."),
    ],
    ids=["DICOM", "Parquet", "Git LFS"],
)
def test_files_that_are_no_images_are_refused_with_the_step_that_makes_images_of_them(
    content: bytes, message: str
) -> None:
    with pytest.raises(InvalidZip, match=message):
        layout_of(content)


def test_one_image_of_each_class_is_refused() -> None:
    with pytest.raises(InvalidZip, match="Each of the 2 classes has only one image"):
        check_held_out({"cat": {"train": 1, "test": 0}, "dog": {"train": 1, "test": 0}})


def test_a_text_that_is_no_table_is_named_where_there_is_one_class() -> None:
    with pytest.raises(InvalidZip, match=r"'cats.txt' is no table of labels; if the classes are there"):
        layout_of(images("photos", name="IMG_{}.jpg"), {"cats.txt": b"IMG_0.jpg\n"})
