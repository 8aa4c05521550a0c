"""File names that say the class: the pattern is found from all of them."""

import pytest

from backend.uploads.archive.rules import InvalidZip
from backend.uploads.layout.file_names import find_pattern
from tests.support.files.layouts import counts, images, layout_of


@pytest.mark.parametrize(
    ("first", "second", "classes"),
    [
        ("cat.{}.jpg", "dog.{}.jpg", {"cat", "dog"}),
        ("cat_{:03}.png", "dog_{:03}.png", {"cat", "dog"}),
        ("cat{}.png", "dog{}.png", {"cat", "dog"}),
        ("cat{}-front.jpg", "dog{}-back.jpg", {"cat", "dog"}),
        ("IMG_cat ({}).jpg", "IMG_dog ({}).jpg", {"cat", "dog"}),
        ("{:04}-cat.jpg", "{:04}-dog.jpg", {"cat", "dog"}),
        ("american_bulldog_{}.jpg", "Great_Dane_{}.jpg", {"american_bulldog", "Great_Dane"}),
        ("run7_cat_{}.jpg", "run8_dog_{}.jpg", {"cat", "dog"}),
        ("cat_{0:x}f{0:x}.jpg", "dog_{0:x}c{0:x}.jpg", {"cat", "dog"}),
        ("고양이 {}.jpg", "개 {}.jpg", {"고양이", "개"}),
    ],
)
def test_the_place_of_the_class_is_found(first: str, second: str, classes: set[str]) -> None:
    names = [name.format(number) for name in (first, second) for number in range(12)]

    pattern = find_pattern(names)

    assert pattern is not None
    assert {pattern.class_of(name) for name in names} == classes


@pytest.mark.parametrize(
    "names",
    [
        [f"IMG_{number}.jpg" for number in range(20)],
        [f"{kind}_{number}.jpg" for kind in ("IMG", "DSC") for number in range(20)],
        [f"{number:032x}.jpg" for number in range(20)],
        [f"photo of {number}{number}.jpg" for number in range(20)],
        ["cat.jpg", "dog.jpg"],
        [],
    ],
)
def test_names_of_cameras_and_numbers_say_no_class(names: list[str]) -> None:
    assert find_pattern(names) is None


def test_one_folder_of_named_files_is_read_and_a_notice_says_how() -> None:
    layout = layout_of([*images("train", name="cat.{}.jpg"), *images("train", name="dog.{}.jpg")])

    assert counts(layout) == {None: {"cat": 3, "dog": 3}}
    assert layout.description.startswith("The class is in the names of the files, before the number")
    assert layout.warnings[0].text.startswith(
        "The class is in the names of the files, before the number: cat of cat.0.jpg"
    )


def test_named_files_in_splits_are_read_and_those_without_a_class_named() -> None:
    names = [*images("train", name="cat.{}.jpg"), *images("train", name="dog.{}.jpg"), *images("test1")]

    layout = layout_of(names)

    assert counts(layout) == {None: {"cat": 3, "dog": 3}}
    assert [skipped.reason for skipped in layout.skipped] == ["its name says no class"] * 3


def test_names_can_be_chosen_where_folders_are() -> None:
    names = [f"batch {number % 2}/{label}_{number}.jpg" for number in range(20) for label in ("cat", "dog")]

    layout = layout_of(names)

    assert [value.value for value in layout.choices[0].values] == ["folders", "names"]
    assert layout.choices[0].chosen == "folders"
    assert layout_of(names, labels_from="names").classes == ["cat", "dog"]
    with pytest.raises(InvalidZip, match="follow no pattern that says their class, such as cat"):
        layout_of(images("a", "b"), labels_from="names")


def test_names_that_are_numbered_anew_in_each_folder_are_not_offered_as_classes() -> None:
    layout = layout_of(images("bright", "dark", each=9, name="ct_{}.tif"))

    assert layout.choices == []
