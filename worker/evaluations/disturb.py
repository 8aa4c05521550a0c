"""Disturbs images, uint8 of shape (n, H, W, C), as `backend.evaluations.disturbances` defines it."""

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

Images = npt.NDArray[np.uint8]
Disturb = Callable[[Images, float, np.random.Generator], Images]


def blur(images: Images, percent: float, _draw: np.random.Generator) -> Images:
    gaussian = ImageFilter.GaussianBlur(percent / 100 * min(images.shape[1:3]))
    return _each(images, lambda image, _: image.filter(gaussian))


def noise(images: Images, levels: float, draw: np.random.Generator) -> Images:
    added = draw.normal(scale=levels, size=images.shape)
    return _levels(images + added.astype(np.float32))


def brightness(images: Images, percent: float, _draw: np.random.Generator) -> Images:
    return _levels(images * np.float32(percent / 100))


def jpeg(images: Images, quality: float, _draw: np.random.Generator) -> Images:
    return _each(images, lambda image, _: _compressed(image, int(quality)))


def rotation(images: Images, degrees: float, draw: np.random.Generator) -> Images:
    """Rotates each image to a side that is drawn; corners take the colours of the nearest edge."""
    margin = -(-max(images.shape[1:3]) // 4)
    padded = np.pad(images, ((0, 0), (margin, margin), (margin, margin), (0, 0)), mode="edge")
    angles = degrees * draw.choice((-1, 1), len(images))
    rotated = _each(padded, lambda image, row: image.rotate(angles[row], Image.Resampling.BILINEAR))
    return rotated[:, margin:-margin, margin:-margin]


DISTURB: dict[str, Disturb] = {
    "blur": blur,
    "noise": noise,
    "brightness": brightness,
    "jpeg": jpeg,
    "rotation": rotation,
}


def _levels(values: npt.NDArray[Any]) -> Images:
    levels: Images = np.rint(values.clip(0, 255)).astype(np.uint8)
    return levels


def _each(images: Images, change: Callable[[Image.Image, int], Image.Image]) -> Images:
    pixels = images[..., 0] if images.shape[3] == 1 else images
    changed = [np.asarray(change(Image.fromarray(image), row)) for row, image in enumerate(pixels)]
    stacked: Images = np.stack(changed).reshape(images.shape)
    return stacked


def _compressed(image: Image.Image, quality: int) -> Image.Image:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality)
    return Image.open(file)
