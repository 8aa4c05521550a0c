"""Slices: bins, the test that finds weak ones, and Holm's correction; brightness, contrast and color of images."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.stats import fisher_exact

from backend.analysis.pixels import COLORS, pixel_statistics
from backend.analysis.slices import Attribute, Bin, holm, number_attribute, slices, value_attribute

CLASSES = Attribute("class", "Class", np.array([0, 1] * 500), (Bin("cat"), Bin("dog")))
LIGHT = np.arange(1_000) % 100.0


def light() -> Attribute:
    attribute = number_attribute("light", "Light", LIGHT, ("Dark", "Bright"))
    assert attribute is not None
    return attribute


def test_a_number_has_bins_of_about_as_many_images() -> None:
    attribute = light()

    edges = [0, 19.8, 39.6, 59.4, 79.2, 99]
    assert np.array([bin_.range for bin_ in attribute.bins]) == pytest.approx(np.array(list(pairwise(edges))))
    assert np.bincount(attribute.places).tolist() == [200] * 5
    assert (attribute.bins[0].title, attribute.bins[-1].title) == ("Dark", "Bright")


def test_bins_without_titles_say_their_range_and_nan_has_no_bin() -> None:
    attribute = number_attribute("age", "Age", np.array([1.0, 2, 3, 4, np.nan] * 20))

    assert attribute is not None
    assert [bin_.title for bin_ in attribute.bins] == ["Age below 2", "Age 2 to 3", "Age from 3"]
    assert (attribute.places == -1).sum() == 20


def test_what_is_the_same_for_all_images_makes_no_slices() -> None:
    assert number_attribute("light", "Light", np.full(9, 3.0)) is None
    assert number_attribute("light", "Light", np.full(9, np.nan)) is None
    assert value_attribute("site", "Site", np.array([0, 0, -1]), ["a", "b"]) is None


def test_images_without_the_attribute_make_no_bin_of_the_others_weak() -> None:
    """As in a split whose first images are measured: those after them are easier."""
    right = np.arange(1_000) % 10 < np.where(np.arange(1_000) < 500, 7, 10)
    site = value_attribute("site", "Site", np.where(np.arange(1_000) < 500, np.arange(1_000) // 10 % 2, -1), ["a", "b"])
    assert site is not None

    found, _ = slices(CLASSES, [site], right)

    of_site = [slice_ for slice_ in found if slice_.attribute is site]
    assert [(slice_.n, slice_.accuracy, slice_.found) for slice_ in of_site] == [(250, 0.7, False)] * 2


def test_a_weak_slice_is_found_and_its_p_value_is_that_of_fishers_test() -> None:
    draw = np.random.default_rng(0)
    right = draw.random(1_000) < np.where(LIGHT < 20, 0.6, 0.9)

    found, compared = slices(CLASSES, [light()], right)

    dark = next(slice_ for slice_ in found if slice_.attribute.key == "light" and slice_.place == 0)
    assert (dark.n, dark.right) == (200, right[LIGHT < 19.8].sum())
    elsewhere = int(right.sum()) - dark.right
    table = [[dark.right, dark.n - dark.right], [elsewhere, 800 - elsewhere]]
    assert dark.p_value == pytest.approx(fisher_exact(table, alternative="less").pvalue * compared)
    assert [slice_.place for slice_ in found if slice_.found and slice_.class_ is None] == [0]
    assert compared == 2 + 5 + 10


def test_dark_cats_are_found_only_if_neither_dark_nor_cat_alone_explains_it() -> None:
    cats, dark = CLASSES.places == 0, LIGHT < 19.8
    alternate = np.arange(1_000) // 2 % 2 == 0

    both, _ = slices(CLASSES, [light()], ~(cats & dark & alternate))
    only_dark, _ = slices(CLASSES, [light()], ~(dark & alternate))

    assert [(slice_.class_, slice_.place) for slice_ in both if slice_.class_ is not None] == [(0, 0)]
    assert [slice_ for slice_ in only_dark if slice_.class_ is not None] == []
    assert next(slice_ for slice_ in only_dark if slice_.attribute.key == "light" and slice_.place == 0).found


def test_pure_chance_finds_nothing() -> None:
    runs = [slices(CLASSES, [light()], np.random.default_rng(seed).random(1_000) < 0.8)[0] for seed in range(40)]

    assert sum(any(one.found for one in found) for found in runs) <= 5  # of 40, two are expected


def test_few_images_are_listed_and_not_tested() -> None:
    codes = np.where(np.arange(1_000) < 9, 1, 0)
    site = value_attribute("site", "Site", codes, ["a", "b"])
    assert site is not None

    found, compared = slices(CLASSES, [site], codes == 0)

    small = next(slice_ for slice_ in found if slice_.attribute is site and slice_.place == 1)
    assert (small.n, small.right, small.p_value, small.found) == (9, 0, None, False)
    assert compared == 2 + 1 + 2


def test_holm_multiplies_by_the_number_of_those_that_are_left() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([]) == []


def test_brightness_contrast_and_color_of_images() -> None:
    images = np.zeros((4, 100, 100, 3), np.uint8)
    images[0, :50], images[1] = 255, 200
    images[2, ..., 2], images[3, ..., 0] = 200, 150

    statistics = pixel_statistics(images, np.arange(4))

    assert statistics.brightness == pytest.approx([127.5, 200, 22.8, 44.85], abs=0.01)
    assert statistics.contrast == pytest.approx([127.5, 0, 0, 0], abs=0.01)
    assert statistics.color is not None
    assert [COLORS[code] for code in statistics.color] == ["Colorless", "Colorless", "Blue", "Red"]
    assert pixel_statistics(images[..., :1], np.array([1])).color is None


def test_images_that_were_not_measured_have_no_bin() -> None:
    padded = pixel_statistics(np.zeros((2, 1, 1, 3), np.uint8), np.arange(2)).padded(3)

    assert np.isnan(padded.brightness).tolist() == [False, False, True]
    assert padded.color is not None
    assert padded.color.tolist() == [0, 0, -1]
