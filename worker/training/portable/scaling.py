"""How pixels are scaled before a network sees them: one function for each scaling, all of which return float32."""

import numpy as np
import tensorflow as tf

IMAGES_PER_COUNT = 1_000  # images whose levels are counted at once, so that little memory is needed
LEVELS = np.arange(256, dtype=np.float64)


def scale_unit(images: tf.Tensor) -> tf.Tensor:
    """Scales levels from 0 to 255 to the range from 0 to 1."""
    pixels = tf.cast(images, tf.float32)
    return pixels / 255.0  # not times 1/255, which differs in half of the values


def scale_signed(images: tf.Tensor) -> tf.Tensor:
    """Scales levels from 0 to 255 to the range from -1 to 1."""
    pixels = tf.cast(images, tf.float32)
    return pixels / 127.5 - 1.0


def scale_none(images: tf.Tensor) -> tf.Tensor:
    """Keeps levels from 0 to 255."""
    return tf.cast(images, tf.float32)


def scale_standard(images: tf.Tensor, mean: tuple[float, ...], deviation: tuple[float, ...]) -> tf.Tensor:
    """Subtracts the mean of each channel and divides by its standard deviation."""
    pixels = tf.cast(images, tf.float32)
    return (pixels - tf.constant(mean)) / tf.constant(deviation)


def pixel_statistics(images: np.ndarray) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Returns mean and standard deviation of each channel of uint8 images, N × H × W × C.

    Both are computed in double precision from exact counts of the 256 levels. A constant channel has deviation 1.
    """
    counts = count_levels(images).astype(np.float64)
    total = counts.sum(axis=1)
    mean = counts @ LEVELS / total
    variance = (counts * (LEVELS - mean[:, None]) ** 2).sum(axis=1) / total
    deviation = np.where(variance > 0, np.sqrt(variance), 1.0)
    return tuple(mean.tolist()), tuple(deviation.tolist())


def count_levels(images: np.ndarray) -> np.ndarray:
    """Returns how often each level occurs in each channel, int64, channels × 256."""
    channels = images.shape[-1]
    counts = np.zeros((channels, 256), np.int64)
    for start in range(0, len(images), IMAGES_PER_COUNT):
        part = images[start : start + IMAGES_PER_COUNT]
        for channel in range(channels):
            counts[channel] += np.bincount(part[..., channel].reshape(-1), minlength=256)
    return counts
