"""How pixels become what a network sees: one way for training, validation, test and every prediction."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from backend.spec import Scaling
from worker.training.report import PixelStatistics

IMAGES_AT_ONCE = 1_000
LEVELS = np.arange(256, dtype=np.float64)


@dataclass(frozen=True)
class PixelScaling:
    """`statistics` are there for `standard` alone."""

    name: Scaling
    statistics: PixelStatistics | None = None

    def __call__(self, images: Any) -> Any:
        """Images with values from 0 to 255, of whatever type, as a float32 tensor of the same shape."""
        return scale(images, self.name, self.statistics)

    def describe(self) -> str:
        if self.statistics is None:
            return f"Pixels: {DESCRIPTIONS[self.name]}"
        mean, deviation = (", ".join(f"{one:.3f}" for one in row) for row in _rows(self.statistics))
        return f"Pixels: less the training images' mean ({mean}), divided by their deviation ({deviation})"


def scale(images: Any, name: Scaling, statistics: PixelStatistics | None) -> Any:
    """Pixels from 0 to 255 as the network sees them, float32."""
    pixels = tf.cast(images, tf.float32)
    if name == "unit":
        return pixels / 255.0  # not times 1/255, which differs in half of the values
    if name == "signed":
        return pixels / 127.5 - 1.0
    if statistics is not None:
        return (pixels - tf.constant(statistics.mean)) / tf.constant(statistics.deviation)
    return pixels


DESCRIPTIONS = {"unit": "0 to 1 (divided by 255)", "signed": "-1 to 1 (divided by 127.5, less 1)", "none": "0 to 255"}


def scaling_for(name: Scaling, training_images: npt.NDArray[np.uint8]) -> PixelScaling:
    """The scaling of that name; `standard` takes its numbers from `training_images`, N × H × W × C."""
    return PixelScaling(name, measure(training_images) if name == "standard" else None)


def measure(images: npt.NDArray[np.uint8]) -> PixelStatistics:
    """Mean and deviation by channel, from exact counts of the 256 levels. An even channel has deviation 1."""
    counts = _levels(images).astype(np.float64)
    total = counts.sum(axis=1)
    mean = counts @ LEVELS / total
    variance = (counts * (LEVELS - mean[:, None]) ** 2).sum(axis=1) / total
    deviation = np.where(variance > 0, np.sqrt(variance), 1.0)
    return PixelStatistics(mean=tuple(mean.tolist()), deviation=tuple(deviation.tolist()))


def _levels(images: npt.NDArray[np.uint8]) -> npt.NDArray[np.int64]:
    """How often each channel has each level, channels × 256."""
    channels = images.shape[-1]
    counts = np.zeros((channels, 256), np.int64)
    for start in range(0, len(images), IMAGES_AT_ONCE):
        some = images[start : start + IMAGES_AT_ONCE]
        for channel in range(channels):
            counts[channel] += np.bincount(some[..., channel].reshape(-1), minlength=256)
    return counts


def _rows(statistics: PixelStatistics) -> tuple[tuple[float, ...], tuple[float, ...]]:
    return statistics.mean, statistics.deviation
