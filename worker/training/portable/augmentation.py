"""Random variations of training images, one function for each kind: each image is varied by a seed of its own.

No function keeps a state, so that neither the order of the batches nor a resumed training changes an image. The
geometry is `ImageDataGenerator`'s.
"""

import math

import numpy as np
import tensorflow as tf

AUGMENTATION_STREAM = 0xA06  # third word of the seed: what is drawn for an image does not depend on the shuffle
DRAWS = 11  # random numbers for each image; each variation has its own, so that one more changes none of the others
MID_GREY = 128.0


def augmentation_seed(seed: int, epoch: int) -> tf.Tensor:
    """Returns the seed of one epoch's variations, int32."""
    with tf.device("CPU"):
        return tf.constant(np.random.default_rng([seed, epoch, AUGMENTATION_STREAM]).integers(2**31, dtype=np.int32))


def image_seeds(epoch_seed: tf.Tensor, positions: tf.Tensor) -> tf.Tensor:
    """Returns a seed for each image from its position in the dataset, int32, N × 2."""
    return tf.stack([tf.fill(tf.shape(positions), epoch_seed), positions], axis=1)


def draw(seeds: tf.Tensor) -> tf.Tensor:
    """Returns random numbers from 0 to 1 for each of N seeds, float32, N × DRAWS."""
    return tf.map_fn(lambda seed: tf.random.stateless_uniform([DRAWS], seed), seeds, fn_output_signature=tf.float32)


def around(middle: float, most: float, draws: tf.Tensor) -> tf.Tensor:
    """Maps random numbers from 0 to 1 to values from `middle - most` to `middle + most`."""
    return middle + most * (2.0 * draws - 1.0)


def flip(images: tf.Tensor, draws: tf.Tensor, horizontal_flip: bool = False, vertical_flip: bool = False) -> tf.Tensor:
    """Flips half of the images left to right, and half of them top to bottom."""
    if horizontal_flip:
        images = tf.where(draws[:, 0, None, None, None] < 0.5, tf.reverse(images, [2]), images)
    if vertical_flip:
        images = tf.where(draws[:, 1, None, None, None] < 0.5, tf.reverse(images, [1]), images)
    return images


def transform(
    images: tf.Tensor,
    draws: tf.Tensor,
    horizontal_flip: bool = False,
    vertical_flip: bool = False,
    zoom: float = 0.0,
    width_shift: float = 0.0,
    height_shift: float = 0.0,
    rotation: float = 0.0,
    fill_mode: str = "nearest",
) -> tf.Tensor:
    """Flips, zooms, shifts and rotates float32 images in one bilinear resampling.

    `zoom` and the shifts are shares of the image, `rotation` is in degrees; each image gets at most that much, either
    way.
    """
    height, width = images.shape[1], images.shape[2]
    zoom_x, zoom_y = around(1.0, zoom, draws[:, 2]), around(1.0, zoom, draws[:, 3])
    if horizontal_flip:
        zoom_x = tf.where(draws[:, 0] < 0.5, -zoom_x, zoom_x)
    if vertical_flip:
        zoom_y = tf.where(draws[:, 1] < 0.5, -zoom_y, zoom_y)
    shift_x = around(0.0, width_shift * width, draws[:, 4])
    shift_y = around(0.0, height_shift * height, draws[:, 5])
    angle = around(0.0, math.radians(rotation), draws[:, 6])
    return resample(images, zoom_x, zoom_y, shift_x, shift_y, angle, fill_mode)


def resample(
    images: tf.Tensor,
    zoom_x: tf.Tensor,
    zoom_y: tf.Tensor,
    shift_x: tf.Tensor,
    shift_y: tf.Tensor,
    angle: tf.Tensor,
    fill_mode: str,
) -> tf.Tensor:
    """Transforms each of N float32 images by its own zoom, shift (pixels) and angle (radians).

    They say where a pixel of the result is taken from: `zoom_x` times as far from the centre (mirrored where it is
    negative), `shift_x` pixels further, then turned around the centre by `angle`.
    """
    height, width = images.shape[1], images.shape[2]
    cos, sin = tf.cos(angle), tf.sin(angle)
    centre_x, centre_y = (width - 1) / 2, (height - 1) / 2
    xx, xy = cos * zoom_x, -sin * zoom_y
    yx, yy = sin * zoom_x, cos * zoom_y
    x = centre_x + cos * shift_x - sin * shift_y - xx * centre_x - xy * centre_y
    y = centre_y + sin * shift_x + cos * shift_y - yx * centre_x - yy * centre_y
    zero = tf.zeros_like(angle)
    return tf.raw_ops.ImageProjectiveTransformV3(
        images=images,
        transforms=tf.stack([xx, xy, x, yx, yy, y, zero, zero], axis=1),
        output_shape=[height, width],
        fill_value=0.0,
        interpolation="BILINEAR",
        fill_mode=fill_mode.upper(),
    )


def change_brightness(images: tf.Tensor, draws: tf.Tensor, brightness: float) -> tf.Tensor:
    """Multiplies each image by a factor from `1 - brightness` to `1 + brightness`."""
    return images * around(1.0, brightness, draws[:, 7])[:, None, None, None]


def change_contrast(images: tf.Tensor, draws: tf.Tensor, contrast: float) -> tf.Tensor:
    """Multiplies the distance of the pixels from the mean of their channel by a factor of `1 ± contrast` at most."""
    mean = tf.reduce_mean(images, axis=[1, 2], keepdims=True)
    return mean + (images - mean) * around(1.0, contrast, draws[:, 8])[:, None, None, None]


def clip(images: tf.Tensor) -> tf.Tensor:
    """Limits pixels to the range from 0 to 255."""
    return tf.clip_by_value(images, 0.0, 255.0)


def cut_out(images: tf.Tensor, draws: tf.Tensor, cutout: float) -> tf.Tensor:
    """Makes a square of each image grey, whose side is the share `cutout` of the image's shorter one."""
    height, width = images.shape[1], images.shape[2]
    side = max(1, round(cutout * min(height, width)))
    rows = near(height * draws[:, 10], height, side)
    columns = near(width * draws[:, 9], width, side)
    inside = rows[:, :, None, None] & columns[:, None, :, None]
    return tf.where(inside, MID_GREY, images)


def near(middles: tf.Tensor, length: int, side: int) -> tf.Tensor:
    """Returns which of `length` pixels have their centre within half a side of the middle, bool, N × length."""
    centres = tf.range(length, dtype=tf.float32) + 0.5
    return tf.abs(centres[None, :] - middles[:, None]) < side / 2
