"""The look at a zip says which pictures are in several classes, and which values 16-bit images use."""

import zlib

import numpy as np
from PIL import Image

from tests.support.files.layouts import counts, layout_of
from tests.support.files.zips import encoded, pets, picture, zipped

TWICE = zipped(pets() | {"dogs/again.jpg": picture(0)})


def test_one_file_in_two_classes_is_a_choice() -> None:
    layout = layout_of(TWICE)

    choice = layout.choices[0]
    assert (choice.option, choice.chosen) == ("contradictions", "leave_out")
    assert choice.title == "1 picture is in more than one class"
    assert choice.examples == ["cats/0.png", "dogs/again.jpg"]
    assert counts(layout) == {None: {"cats": 9, "dogs": 10}}


def test_two_pictures_with_the_same_checksum_and_size_are_no_contradiction() -> None:
    first, second = picture(36), picture(1408)
    assert (first != second, len(first) == len(second), zlib.crc32(first) == zlib.crc32(second)) == (True, True, True)

    assert layout_of(zipped(pets() | {"cats/first.png": first, "dogs/second.png": second})).choices == []


def test_what_is_chosen_is_what_is_counted() -> None:
    assert counts(layout_of(TWICE, contradictions="first")) == {None: {"cats": 10, "dogs": 10}}
    assert counts(layout_of(TWICE, contradictions="keep")) == {None: {"cats": 10, "dogs": 11}}


def test_copies_in_one_class_are_no_contradiction() -> None:
    assert layout_of(zipped(pets() | {"cats/again.png": picture(0)})).choices == []


def test_images_of_12_bits_offer_their_own_range() -> None:
    values = np.random.default_rng(0).integers(0, 4096, (6, 8, 8), dtype=np.uint16)
    images = [encoded(Image.fromarray(image), "TIFF") for image in values]

    (choice,) = layout_of(zipped({f"{'ab'[n % 2]}/{n}.tif": image for n, image in enumerate(images)})).choices

    assert (choice.option, choice.chosen) == ("value_range", "own")
    assert [value.effect for value in choice.values] == [
        "0 to 4,095 become black to white",
        "0 to 65,535 become black to white",
    ]
