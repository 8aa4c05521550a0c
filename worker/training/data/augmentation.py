"""Varies training images as a spec asks for, with the functions that train.py has too."""

import tensorflow as tf

from backend.spec import Augmentation
from worker.training.portable.augmentation import (
    change_brightness,
    change_contrast,
    clip,
    cut_out,
    draw,
    flip,
    transform,
)


def augment(images: tf.Tensor, seeds: tf.Tensor, augmentation: Augmentation) -> tf.Tensor:
    """Varies each of N images by its own seed.

    Takes images from 0 to 255, float32 or uint8, N × H × W × C, and seeds, int32, N × 2. Returns float32 from 0 to 255.
    """
    draws = draw(seeds)
    images = _geometry(images, draws, augmentation)
    if augmentation.brightness:
        images = change_brightness(images, draws, augmentation.brightness)
    if augmentation.contrast:
        images = change_contrast(images, draws, augmentation.contrast)
    if augmentation.brightness or augmentation.contrast:
        images = clip(images)
    return cut_out(images, draws, augmentation.cutout) if augmentation.cutout else images


def _geometry(images: tf.Tensor, draws: tf.Tensor, augmentation: Augmentation) -> tf.Tensor:
    """Resamples only if the spec has more than flips."""
    flips = {name: getattr(augmentation, name) for name in ("horizontal_flip", "vertical_flip")}
    moves = {name: getattr(augmentation, name) for name in ("zoom", "width_shift", "height_shift", "rotation")}
    if any(moves.values()):
        return transform(tf.cast(images, tf.float32), draws, **flips, **moves, fill_mode=augmentation.fill_mode)
    return tf.cast(flip(images, draws, **flips), tf.float32)
