"""Brightness, contrast and color of stored images, by which slices are made."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

COLORS = ("Colorless", "Red", "Yellow", "Green", "Cyan", "Blue", "Magenta")
MAX_SIDE = 64  # pixels of a larger image are skipped: its mean hardly changes
BLOCK_BYTES = 8 * 1024**2  # of images that are read at a time
COLORLESS = 16  # least difference of the mean channels, of 255, that is a color
LUMA = np.array([0.299, 0.587, 0.114], np.float32)  # weights of red, green and blue (ITU-R BT.601)


@dataclass(frozen=True)
class PixelStatistics:
    """Arrays of shape (N,). Brightness and contrast are the mean and the standard deviation of the luma, 0 to 255;
    `color` is a position in COLORS, or None for gray images."""

    brightness: npt.NDArray[np.float32]
    contrast: npt.NDArray[np.float32]
    color: npt.NDArray[np.int8] | None

    def padded(self, images: int) -> "PixelStatistics":
        """Returns the statistics of `images` images, the last of which were not measured: NaN, and -1 for the color."""
        width = (0, images - len(self.brightness))
        color = None if self.color is None else np.pad(self.color, width, constant_values=-1)
        brightness, contrast = (np.pad(x, width, constant_values=np.nan) for x in (self.brightness, self.contrast))
        return PixelStatistics(brightness, contrast, color)


def pixel_statistics(images: npt.NDArray[np.uint8], positions: npt.NDArray[np.integer]) -> PixelStatistics:
    """Returns the statistics of the images at `positions`; `images` has shape (n, H, W, 1 or 3)."""
    step = max(1, -(-max(images.shape[1:3]) // MAX_SIDE))
    block = max(1, BLOCK_BYTES // int(np.prod(images.shape[1:])))
    parts = [
        _block(images[positions[start : start + block], ::step, ::step]) for start in range(0, len(positions), block)
    ]
    brightness, contrast, channels = (np.concatenate(part) for part in zip(*parts, strict=True))
    return PixelStatistics(brightness, contrast, _colors(channels) if images.shape[3] == 3 else None)


def _block(images: npt.NDArray[np.uint8]) -> tuple[npt.NDArray[np.float32], ...]:
    """Returns brightness and contrast, and the mean of each channel."""
    luma = images @ LUMA if images.shape[3] == 3 else images[..., 0].astype(np.float32)
    flat = luma.reshape(len(images), -1)
    return flat.mean(axis=1), flat.std(axis=1), images.mean(axis=(1, 2), dtype=np.float32)


def _colors(channels: npt.NDArray[np.float32]) -> npt.NDArray[np.int8]:
    """Returns the nearest of six hues of the mean color, or 0 where there is none."""
    red, green, blue = channels.T
    highest, chroma = channels.max(axis=1), np.ptp(channels, axis=1)
    safe = np.maximum(chroma, 1e-6)
    sixths = np.select(
        [highest == red, highest == green], [(green - blue) / safe, 2 + (blue - red) / safe], 4 + (red - green) / safe
    )
    hues = 1 + np.round(sixths).astype(np.int8) % 6
    return np.where(chroma < COLORLESS, 0, hues).astype(np.int8)
