"""What is done to an image is Keras' `ImageDataGenerator`'s meaning; what is drawn hangs on the seeds alone."""

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import tensorflow as tf
from keras.src.legacy.preprocessing.image import ImageDataGenerator

from backend.spec import Augmentation
from worker.training.augmentation import Variation, augment, draw, varied

Image = npt.NDArray[Any]


def photo(side: int = 16) -> Image:
    """Uneven in every direction, three channels, 0 to 255."""
    rows, columns, channels = np.meshgrid(np.arange(side), np.arange(side), np.arange(3), indexing="ij")
    waves = np.sin(rows / 2.3 + channels) + np.cos(columns / 3.1 - channels) + rows * columns / side**2
    return ((waves + 2) * 50).astype(np.uint8)


def each(value: float | bool) -> Any:
    return tf.constant([value])


def generated(image: Image, fill_mode: str = "nearest", **parameters: Any) -> Image:
    """What ImageDataGenerator makes of it. It swaps rows and columns at the end: its `tx` goes along the columns."""
    generator = ImageDataGenerator(fill_mode=fill_mode)
    return np.asarray(generator.apply_transform(image.astype(np.float32), parameters))


GEOMETRY = {
    "shift": ({"shift_x": 1.6, "shift_y": -2.3}, {"tx": 1.6, "ty": -2.3}),
    "rotation": ({"rotation": math.radians(25)}, {"theta": 25}),
    "zoom": ({"zoom_x": 0.8, "zoom_y": 1.15}, {"zx": 0.8, "zy": 1.15}),
    "flips": ({"flip_x": True, "flip_y": True}, {"flip_horizontal": True, "flip_vertical": True}),
    "all": (
        {"rotation": math.radians(-40), "shift_x": 2.5, "shift_y": 1.2, "zoom_x": 1.2, "zoom_y": 0.9, "flip_x": True},
        {"theta": -40, "tx": 2.5, "ty": 1.2, "zx": 1.2, "zy": 0.9, "flip_horizontal": True},
    ),
}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("fill_mode", ["nearest", "reflect"])
@pytest.mark.parametrize(("ours", "theirs"), GEOMETRY.values(), ids=GEOMETRY)
def test_the_geometry_is_image_data_generators(
    ours: dict[str, float | bool], theirs: dict[str, Any], fill_mode: str
) -> None:
    image = photo()
    variation = Variation(**{name: each(value) for name, value in ours.items()})

    (made,) = varied(image[None], variation, fill_mode).numpy()

    np.testing.assert_allclose(made, generated(image, fill_mode, **theirs), atol=0.02)


def test_a_shift_moves_by_pixels_and_repeats_the_edge() -> None:
    image = photo()

    (made,) = varied(image[None], Variation(shift_x=each(3.0), shift_y=each(0.0))).numpy()

    np.testing.assert_allclose(made[:, :-3], image[:, 3:], atol=0.001)
    np.testing.assert_allclose(made[:, -3:], np.repeat(image[:, -1:], 3, axis=1), atol=0.001)


@pytest.mark.parametrize(
    ("fill_mode", "edge"), [("nearest", [9, 9]), ("reflect", [9, 8]), ("wrap", [0, 1]), ("constant", [0, 0])]
)
def test_what_comes_in_at_the_edges(fill_mode: str, edge: list[int]) -> None:
    image = np.tile(np.arange(10, dtype=np.uint8)[None, :, None], (10, 1, 1))

    (made,) = varied(image[None], Variation(shift_x=each(2.0), shift_y=each(0.0)), fill_mode).numpy()

    np.testing.assert_allclose(made[0, :, 0], [*range(2, 10), *edge], atol=0.001)


def test_flips_alone_copy_pixels_and_leave_other_images_as_they_are() -> None:
    image = photo()
    flip_x = tf.constant([True, False, True])
    flip_y = tf.constant([False, False, True])

    made = varied(np.stack([image] * 3), Variation(flip_x=flip_x, flip_y=flip_y)).numpy()

    assert made.dtype == np.float32
    np.testing.assert_array_equal(made, [image[:, ::-1], image, image[::-1, ::-1]])


def test_brightness_multiplies_and_contrast_spreads_around_each_channels_mean() -> None:
    image = photo().astype(np.float32)
    means = image.mean(axis=(0, 1), keepdims=True)

    (brighter,) = varied(image[None], Variation(brightness=each(1.5))).numpy()
    (flatter,) = varied(image[None], Variation(contrast=each(0.25))).numpy()

    np.testing.assert_allclose(brighter, np.clip(image * 1.5, 0, 255), rtol=1e-6)
    np.testing.assert_allclose(flatter, means + (image - means) / 4, rtol=1e-4)
    assert brighter.max() == 255


@pytest.mark.parametrize(("x", "y", "covered"), [(8.2, 5.1, 25), (0.0, 0.0, 4), (16.0, 8.2, 10)])
def test_cutout_is_a_grey_square_around_its_middle(x: float, y: float, covered: int) -> None:
    image = np.full((16, 16, 3), 7, np.uint8)

    (made,) = varied(image[None], Variation(cutout_x=each(x), cutout_y=each(y), cutout_side=5)).numpy()

    assert set(np.unique(made)) == {7, 128}
    assert (made[..., 0] == 128).sum() == covered
    rows, columns = np.nonzero(made[..., 0] == 128)
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


def test_what_is_drawn_fills_its_ranges_evenly() -> None:
    drawn = draw(seeds(4_000), EVERYTHING, height=40, width=60)

    ranges = {
        "zoom_x": (0.7, 1.3),
        "zoom_y": (0.7, 1.3),
        "shift_x": (-6, 6),
        "shift_y": (-8, 8),
        "rotation": (-math.radians(20), math.radians(20)),
        "brightness": (0.6, 1.4),
        "contrast": (0.5, 1.5),
        "cutout_x": (0, 60),
        "cutout_y": (0, 40),
    }
    for name, (low, high) in ranges.items():
        values = (getattr(drawn, name).numpy() - low) / (high - low)
        assert 0 <= values.min() < 0.01, name
        assert 0.99 < values.max() <= 1.00001, name
        assert np.histogram(values, bins=4, range=(0, 1.0001))[0].min() > 900, name
    assert drawn.cutout_side == 10
    assert abs(drawn.flip_x.numpy().mean() - 0.5) < 0.03
    assert abs(np.corrcoef(drawn.zoom_x, drawn.zoom_y)[0, 1]) < 0.05


def test_what_is_not_asked_for_is_not_drawn() -> None:
    assert draw(seeds(3), Augmentation(), height=8, width=8) == Variation()


def test_nothing_asked_leaves_the_images() -> None:
    images = np.stack([photo()] * 2)

    np.testing.assert_array_equal(augment(images, seeds(2), Augmentation()), images)


def test_an_image_hangs_on_its_seed_alone() -> None:
    images = np.stack([photo(), 255 - photo(), photo()])
    graph = tf.function(lambda some, their: augment(some, their, EVERYTHING))

    whole = graph(images, seeds(3)).numpy()
    alone = graph(images[1:2], seeds(3)[1:2]).numpy()
    next_epoch = graph(images, seeds(3, epoch=2)).numpy()

    np.testing.assert_array_equal(graph(images, seeds(3)).numpy(), whole)
    np.testing.assert_array_equal(alone[0], whole[1])
    assert (whole[0] != whole[2]).any()
    assert (whole != next_epoch).any()
    assert whole.min() >= 0
    assert whole.max() <= 255
