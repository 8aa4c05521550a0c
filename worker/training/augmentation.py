"""Training images varied at random: what to do is drawn from a seed for each image, how to do it is apart from that.

Nothing here remembers anything, so that neither the order of the batches nor a resume changes an image. The functions
are lifted into `train.py` (backend/script), so their docstrings speak to its reader too.
"""

import math
from dataclasses import dataclass
from typing import Any

import tensorflow as tf

from backend.spec import Augmentation

MID_GREY = 128.0
DRAWS = 11


@dataclass(frozen=True)
class Variation:
    """What is done to each of N images: tensors of N values, None for what is not done to any.

    The geometry is `ImageDataGenerator`'s. Going from the pixels that come out to those they are taken from: mirrored,
    `zoom_x` and `zoom_y` times as far from the centre, moved by `shift_x` and `shift_y` pixels, turned around the
    centre by `rotation` radians. Then the values are multiplied by `brightness`, their distance from the mean of
    their channel by `contrast`; last, a square of `cutout_side` pixels around (`cutout_x`, `cutout_y`) becomes grey.
    """

    flip_x: Any = None
    flip_y: Any = None
    zoom_x: Any = None
    zoom_y: Any = None
    shift_x: Any = None
    shift_y: Any = None
    rotation: Any = None
    brightness: Any = None
    contrast: Any = None
    cutout_x: Any = None
    cutout_y: Any = None
    cutout_side: int | None = None

    @property
    def resamples(self) -> bool:
        return any(one is not None for one in (self.zoom_x, self.zoom_y, self.shift_x, self.shift_y, self.rotation))

    @property
    def recolours(self) -> bool:
        return self.brightness is not None or self.contrast is not None


def augment(images: Any, seeds: Any, augmentation: Augmentation) -> Any:
    """Vary each of N images by its own seed.

    Takes images N × H × W × C with values from 0 to 255, float32 or uint8, and seeds int32 N × 2; gives float32 in the
    same range.
    """
    height, width = images.shape[1], images.shape[2]
    return varied(images, draw(seeds, augmentation, height, width), augmentation.fill_mode)


def draw(seeds: Any, given: Augmentation, height: int, width: int) -> Variation:
    """What to do to images of that size, evenly distributed over the ranges that are asked for."""
    uniform = tf.map_fn(lambda seed: tf.random.stateless_uniform([DRAWS], seed), seeds, fn_output_signature=tf.float32)
    column = [uniform[:, number] for number in range(DRAWS)]
    return Variation(
        flip_x=column[0] < 0.5 if given.horizontal_flip else None,
        flip_y=column[1] < 0.5 if given.vertical_flip else None,
        zoom_x=_around(1.0, given.zoom, column[2]) if given.zoom else None,
        zoom_y=_around(1.0, given.zoom, column[3]) if given.zoom else None,
        shift_x=_around(0.0, given.width_shift * width, column[4]) if given.width_shift else None,
        shift_y=_around(0.0, given.height_shift * height, column[5]) if given.height_shift else None,
        rotation=_around(0.0, math.radians(given.rotation), column[6]) if given.rotation else None,
        brightness=_around(1.0, given.brightness, column[7]) if given.brightness else None,
        contrast=_around(1.0, given.contrast, column[8]) if given.contrast else None,
        cutout_x=width * column[9] if given.cutout else None,
        cutout_y=height * column[10] if given.cutout else None,
        cutout_side=max(1, round(given.cutout * min(height, width))) if given.cutout else None,
    )


def varied(images: Any, variation: Variation, fill_mode: str = "nearest") -> Any:
    """Do to each image what `variation` says; float32 from 0 to 255."""
    if variation.resamples:
        images = _resampled(tf.cast(images, tf.float32), variation, fill_mode)
    else:
        images = tf.cast(_mirrored(images, variation), tf.float32)
    if variation.recolours:
        images = _recoloured(images, variation)
    if variation.cutout_side is not None:
        images = _cut_out(images, variation)
    return images


def _around(middle: float, most: float, uniform: Any) -> Any:
    """Values from `middle` - `most` to `middle` + `most`."""
    return middle + most * (2.0 * uniform - 1.0)


def _resampled(images: Any, variation: Variation, fill_mode: str) -> Any:
    """All of the geometry in one bilinear look at each image."""
    height, width = images.shape[1], images.shape[2]
    zoom_x = variation.zoom_x if variation.zoom_x is not None else tf.ones(tf.shape(images)[:1])
    zoom_y = variation.zoom_y if variation.zoom_y is not None else tf.ones(tf.shape(images)[:1])
    if variation.flip_x is not None:
        zoom_x = tf.where(variation.flip_x, -zoom_x, zoom_x)
    if variation.flip_y is not None:
        zoom_y = tf.where(variation.flip_y, -zoom_y, zoom_y)
    shift_x = variation.shift_x if variation.shift_x is not None else tf.zeros(tf.shape(images)[:1])
    shift_y = variation.shift_y if variation.shift_y is not None else tf.zeros(tf.shape(images)[:1])
    angle = variation.rotation if variation.rotation is not None else tf.zeros(tf.shape(images)[:1])
    return tf.raw_ops.ImageProjectiveTransformV3(
        images=images,
        transforms=_matrices(zoom_x, zoom_y, shift_x, shift_y, angle, height, width),
        output_shape=[height, width],
        fill_value=0.0,
        interpolation="BILINEAR",
        fill_mode=fill_mode.upper(),
    )


def _matrices(zoom_x: Any, zoom_y: Any, shift_x: Any, shift_y: Any, angle: Any, height: int, width: int) -> Any:
    """From where each pixel is taken, as N rows of the eight numbers that TensorFlow wants."""
    cos, sin = tf.cos(angle), tf.sin(angle)
    centre_x, centre_y = (width - 1) / 2, (height - 1) / 2
    xx, xy = cos * zoom_x, -sin * zoom_y
    yx, yy = sin * zoom_x, cos * zoom_y
    x = centre_x + cos * shift_x - sin * shift_y - xx * centre_x - xy * centre_y
    y = centre_y + sin * shift_x + cos * shift_y - yx * centre_x - yy * centre_y
    zero = tf.zeros_like(angle)
    return tf.stack([xx, xy, x, yx, yy, y, zero, zero], axis=1)


def _mirrored(images: Any, variation: Variation) -> Any:
    if variation.flip_x is not None:
        images = tf.where(_by_image(variation.flip_x), tf.reverse(images, [2]), images)
    if variation.flip_y is not None:
        images = tf.where(_by_image(variation.flip_y), tf.reverse(images, [1]), images)
    return images


def _recoloured(images: Any, variation: Variation) -> Any:
    if variation.brightness is not None:
        images = images * _by_image(variation.brightness)
    if variation.contrast is not None:
        mean = tf.reduce_mean(images, axis=[1, 2], keepdims=True)
        images = mean + (images - mean) * _by_image(variation.contrast)
    return tf.clip_by_value(images, 0.0, 255.0)


def _cut_out(images: Any, variation: Variation) -> Any:
    """A grey square in each image."""
    height, width = images.shape[1], images.shape[2]
    rows = _near(variation.cutout_y, height, variation.cutout_side)
    columns = _near(variation.cutout_x, width, variation.cutout_side)
    inside = rows[:, :, None, None] & columns[:, None, :, None]
    return tf.where(inside, MID_GREY, images)


def _near(middles: Any, length: int, side: Any) -> Any:
    """Which of `length` pixels have their centre at most half a side from the middle, N × length."""
    centres = tf.range(length, dtype=tf.float32) + 0.5
    return tf.abs(centres[None, :] - middles[:, None]) < side / 2


def _by_image(values: Any) -> Any:
    """N values so that they meet N × H × W × C ones."""
    return values[:, None, None, None]
