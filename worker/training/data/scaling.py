"""How pixels are scaled for a network: the same way for training, validation, test and every prediction."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import tensorflow as tf

from backend.spec import Scaling
from worker.training.portable.scaling import pixel_statistics, scale_none, scale_signed, scale_standard, scale_unit
from worker.training.report import PixelStatistics

FIXED_SCALINGS: dict[str, Callable[[tf.Tensor], tf.Tensor]] = {
    "unit": scale_unit,
    "signed": scale_signed,
    "none": scale_none,
}
DESCRIPTIONS = {"unit": "0 to 1 (divided by 255)", "signed": "-1 to 1 (divided by 127.5, minus 1)", "none": "0 to 255"}


@dataclass(frozen=True)
class PixelScaling:
    """A scaling with its numbers; only `standard` has `statistics`."""

    name: Scaling
    statistics: PixelStatistics | None = None

    def __post_init__(self) -> None:
        if self.name == "standard" and self.statistics is None:
            raise ValueError("The scaling 'standard' needs the statistics of the training images.")

    def __call__(self, images: tf.Tensor) -> tf.Tensor:
        """Scales images from 0 to 255 of any dtype. Returns float32 of the same shape."""
        if self.statistics is None:
            return FIXED_SCALINGS[self.name](images)
        return scale_standard(images, self.statistics.mean, self.statistics.deviation)

    def describe(self) -> str:
        if self.statistics is None:
            return f"Pixels: {DESCRIPTIONS[self.name]}"
        mean, deviation = (
            ", ".join(f"{value:.3f}" for value in channels)
            for channels in (self.statistics.mean, self.statistics.deviation)
        )
        return (
            f"Pixels: standardized with the mean ({mean}) and standard deviation ({deviation}) of the training images"
        )


def scaling_for(name: Scaling, training_images: np.ndarray) -> PixelScaling:
    """Returns the scaling of that name; `standard` measures `training_images`, uint8, N × H × W × C."""
    return PixelScaling(name, PixelStatistics(*pixel_statistics(training_images)) if name == "standard" else None)
