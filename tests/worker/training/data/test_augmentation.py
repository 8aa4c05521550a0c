"""Augmentation: the geometry of Keras' `ImageDataGenerator`, drawn from each image's seed alone."""

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import tensorflow as tf
from keras.src.legacy.preprocessing.image import ImageDataGenerator

from backend.spec import Augmentation
from worker.training.data.augmentation import augment
from worker.training.portable.augmentation import (
    DRAWS,
    around,
    change_brightness,
    change_contrast,
    clip,
    cut_out,
    draw,
    flip,
    resample,
    transform,
)

Image = npt.NDArray[Any]


def photo(side: int = 16) -> Image:
    """Uneven in every direction, three channels, 0 to 255."""
    rows, columns, channels = np.meshgrid(np.arange(side), np.arange(side), np.arange(3), indexing="ij")
    waves = np.sin(rows / 2.3 + channels) + np.cos(columns / 3.1 - channels) + rows * columns / side**2
    return ((waves + 2) * 50).astype(np.uint8)


def draws(**columns: float | list[float]) -> tf.Tensor:
    """Returns random numbers that are 0.5 but in the named columns."""
    images = max([1, *(len(value) for value in columns.values() if isinstance(value, list))])
    numbers = np.full((images, DRAWS), 0.5, np.float32)
    for column, value in columns.items():
        numbers[:, COLUMNS.index(column)] = value
    return tf.constant(numbers)


COLUMNS = (
    *("horizontal_flip", "vertical_flip", "zoom_x", "zoom_y", "shift_x", "shift_y"),
    *("rotation", "brightness", "contrast", "cutout_x", "cutout_y"),
)
UNCHANGED = {"zoom_x": 1.0, "zoom_y": 1.0, "shift_x": 0.0, "shift_y": 0.0, "angle": 0.0}


def resampled(image: Image, fill_mode: str = "nearest", **geometry: float) -> Image:
    tensors = {name: tf.constant([value]) for name, value in {**UNCHANGED, **geometry}.items()}
    (result,) = resample(tf.cast(image[None], tf.float32), **tensors, fill_mode=fill_mode).numpy()
    return np.asarray(result)


def generated(image: Image, fill_mode: str = "nearest", **parameters: Any) -> Image:
    """Returns ImageDataGenerator's result. It swaps rows and columns at the end: its `tx` goes along the columns."""
    generator = ImageDataGenerator(fill_mode=fill_mode)
    return np.asarray(generator.apply_transform(image.astype(np.float32), parameters))


GEOMETRY: dict[str, tuple[dict[str, float], dict[str, Any]]] = {
    "shift": ({"shift_x": 1.6, "shift_y": -2.3}, {"tx": 1.6, "ty": -2.3}),
    "rotation": ({"angle": math.radians(25)}, {"theta": 25}),
    "zoom": ({"zoom_x": 0.8, "zoom_y": 1.15}, {"zx": 0.8, "zy": 1.15}),
    "flips": ({"zoom_x": -1.0, "zoom_y": -1.0}, {"flip_horizontal": True, "flip_vertical": True}),
    "all": (
        {"angle": math.radians(-40), "shift_x": 2.5, "shift_y": 1.2, "zoom_x": -1.2, "zoom_y": 0.9},
        {"theta": -40, "tx": 2.5, "ty": 1.2, "zx": 1.2, "zy": 0.9, "flip_horizontal": True},
    ),
}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("fill_mode", ["nearest", "reflect"])
@pytest.mark.parametrize(("geometry", "parameters"), GEOMETRY.values(), ids=GEOMETRY)
def test_the_geometry_is_image_data_generators(
    geometry: dict[str, float], parameters: dict[str, Any], fill_mode: str
) -> None:
    image = photo()

    result = resampled(image, fill_mode, **geometry)

    np.testing.assert_allclose(result, generated(image, fill_mode, **parameters), atol=0.02)


def test_a_shift_moves_by_pixels_and_repeats_the_edge() -> None:
    image = photo()

    result = resampled(image, shift_x=3.0)

    np.testing.assert_allclose(result[:, :-3], image[:, 3:], atol=0.001)
    np.testing.assert_allclose(result[:, -3:], np.repeat(image[:, -1:], 3, axis=1), atol=0.001)


@pytest.mark.parametrize(
    ("fill_mode", "edge"), [("nearest", [9, 9]), ("reflect", [9, 8]), ("wrap", [0, 1]), ("constant", [0, 0])]
)
def test_the_fill_mode_says_what_comes_in_at_the_edges(fill_mode: str, edge: list[int]) -> None:
    image = np.tile(np.arange(10, dtype=np.uint8)[None, :, None], (10, 1, 1))

    result = resampled(image, fill_mode, shift_x=2.0)

    np.testing.assert_allclose(result[0, :, 0], [*range(2, 10), *edge], atol=0.001)


FLIPS = {"horizontal_flip": [0.1, 0.9, 0.1], "vertical_flip": [0.9, 0.9, 0.1]}


def test_flips_alone_copy_pixels_and_leave_other_images_as_they_are() -> None:
    image = photo()

    result = flip(np.stack([image] * 3), draws(**FLIPS), horizontal_flip=True, vertical_flip=True).numpy()

    np.testing.assert_array_equal(result, [image[:, ::-1], image, image[::-1, ::-1]])


def test_flips_with_a_transform_are_the_same() -> None:
    image = photo()
    images = tf.cast(np.stack([image] * 3), tf.float32)

    result = transform(images, draws(**FLIPS), horizontal_flip=True, vertical_flip=True, zoom=0.1).numpy()

    np.testing.assert_allclose(result, [image[:, ::-1], image, image[::-1, ::-1]], atol=0.001)


def test_brightness_multiplies_and_contrast_spreads_around_each_channels_mean() -> None:
    image = photo().astype(np.float32)
    means = image.mean(axis=(0, 1), keepdims=True)

    (brighter,) = clip(change_brightness(image[None], draws(brightness=1.0), 0.5)).numpy()
    (flatter,) = clip(change_contrast(image[None], draws(contrast=0.0), 0.75)).numpy()

    np.testing.assert_allclose(brighter, np.clip(image * 1.5, 0, 255), rtol=1e-6)
    np.testing.assert_allclose(flatter, means + (image - means) / 4, rtol=1e-4)
    assert brighter.max() == 255


@pytest.mark.parametrize(("x", "y", "covered"), [(8.2, 5.1, 25), (0.0, 0.0, 4), (16.0, 8.2, 10)])
def test_cutout_is_a_grey_square_around_its_middle(x: float, y: float, covered: int) -> None:
    image = np.full((16, 16, 3), 7, np.uint8)

    centre = draws(cutout_x=x / 16, cutout_y=y / 16)
    (result,) = cut_out(tf.cast(image[None], tf.float32), centre, 5 / 16).numpy()

    assert set(np.unique(result)) == {7, 128}
    assert (result[..., 0] == 128).sum() == covered
    rows, columns = np.nonzero(result[..., 0] == 128)
    assert abs(rows + 0.5 - y).max() <= 2.5
    assert abs(columns + 0.5 - x).max() <= 2.5


def seeds(number: int, epoch: int = 1) -> Any:
    return tf.stack([tf.fill([number], epoch), tf.range(number)], axis=1)


EVERYTHING = Augmentation(
    width_shift=0.1,
    height_shift=0.2,
    horizontal_flip=True,
    vertical_flip=True,
    rotation=20.0,
    zoom=0.3,
    brightness=0.4,
    contrast=0.5,
    cutout=0.25,
)


@pytest.mark.parametrize("augmentation", [Augmentation(horizontal_flip=True), Augmentation(cutout=0.25), EVERYTHING])
@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_the_result_is_float32(augmentation: Augmentation, dtype: npt.DTypeLike) -> None:
    result = augment(tf.constant(photo()[None].astype(dtype)), seeds(1), augmentation)

    assert result.dtype == tf.float32


def test_what_is_drawn_is_uniform_and_independent() -> None:
    numbers = tf.function(draw)(seeds(4_000)).numpy()

    assert numbers.shape == (4_000, DRAWS)
    for column in range(DRAWS):
        values = numbers[:, column]
        assert 0 <= values.min() < 0.01, column
        assert 0.99 < values.max() <= 1.00001, column
        assert np.histogram(values, bins=4, range=(0, 1.0001))[0].min() > 900, column
    assert abs(np.corrcoef(numbers.T) - np.eye(DRAWS)).max() < 0.08


def test_ranges_are_filled_evenly_around_their_middle() -> None:
    values = around(1.0, 0.3, tf.constant([0.0, 0.25, 0.5, 1.0])).numpy()

    np.testing.assert_allclose(values, [0.7, 0.85, 1.0, 1.3], rtol=1e-6)


def test_a_transform_uses_the_ranges_of_its_arguments(monkeypatch: pytest.MonkeyPatch) -> None:
    geometry: list[Any] = []
    monkeypatch.setattr("worker.training.portable.augmentation.resample", lambda *arguments: geometry.append(arguments))
    extremes = draws(zoom_x=1.0, zoom_y=0.0, shift_x=1.0, shift_y=0.0, rotation=1.0)

    transform(
        tf.zeros((1, 40, 60, 3)), extremes, zoom=0.3, width_shift=0.1, height_shift=0.2, rotation=20.0, fill_mode="wrap"
    )

    _, zoom_x, zoom_y, shift_x, shift_y, angle, fill_mode = geometry[0]
    values = [float(tensor[0]) for tensor in (zoom_x, zoom_y, shift_x, shift_y, angle)]
    assert values == pytest.approx([1.3, 0.7, 6.0, -8.0, math.radians(20)])
    assert fill_mode == "wrap"


def test_an_empty_augmentation_leaves_the_images() -> None:
    images = np.stack([photo()] * 2)

    np.testing.assert_array_equal(augment(images, seeds(2), Augmentation()), images)


def test_an_image_depends_on_its_seed_alone() -> None:
    images = np.stack([photo(), 255 - photo(), photo()])
    graph = tf.function(lambda images, seeds: augment(images, seeds, EVERYTHING))

    whole = graph(images, seeds(3)).numpy()
    alone = graph(images[1:2], seeds(3)[1:2]).numpy()
    next_epoch = graph(images, seeds(3, epoch=2)).numpy()

    np.testing.assert_array_equal(graph(images, seeds(3)).numpy(), whole)
    np.testing.assert_array_equal(alone[0], whole[1])
    assert (whole[0] != whole[2]).any()
    assert (whole != next_epoch).any()
    assert whole.min() >= 0
    assert whole.max() <= 255
