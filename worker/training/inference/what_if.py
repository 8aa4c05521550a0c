"""One image changed: turned, cropped, brighter or darker, blurred, with noise; and where a network's answer changes."""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

from backend.samples.changes import Changes, Range, Ranges
from worker.training.inference.scores import Scores

Pixels = npt.NDArray[np.uint8]

NOISE_SEED = 20_260
STEPS = (31, 21, 11, 7, 5, 3)  # images along a slider: as many as BANDS_SECONDS allow
BANDS_SECONDS = 0.4  # for all sliders: a change waits so long at most


@dataclass(frozen=True)
class Band:
    """A part of a slider, in its unit, over which the answer is the same class."""

    low: float
    high: float
    label: int


def changed(image: Pixels, changes: Changes) -> Pixels:
    """Returns an image, uint8 (H, W, 1 or 3), changed in this order: crop, turn, blur, brightness, noise."""
    picture = Image.fromarray(image[:, :, 0] if image.shape[2] == 1 else image)
    picture = _turned(_cropped(picture, changes.crop), changes.rotate)
    if changes.blur:
        picture = picture.filter(ImageFilter.GaussianBlur(changes.blur))
    values = np.asarray(picture).reshape(image.shape)
    if not changes.brightness and not changes.noise:
        return values
    values = values + np.float32(255 * changes.brightness)
    if changes.noise:
        values += np.float32(255 * changes.noise) * _noise(image.shape)
    pixels: Pixels = np.rint(np.clip(values, 0, 255)).astype(np.uint8)
    return pixels


def bands(scores: Scores, scale: Any, image: Pixels, changes: Changes, ranges: Ranges) -> dict[str, list[Band]]:
    """Returns the bands of each slider, with the other sliders as they are. `scale` scales images for the network."""
    names = [field.name for field in fields(Ranges)]
    seconds = len(names) * (scores.seconds_per_image + _seconds_to_change(image, ranges))
    steps = next((steps for steps in STEPS if steps * seconds <= BANDS_SECONDS), STEPS[-1])
    values = {name: _values(getattr(ranges, name), steps) for name in names}
    images = (changed(image, replace(changes, **{name: value})) for name in names for value in values[name])
    labels = scores(np.asarray(scale(pixels)) for pixels in images).argmax(axis=1).reshape(len(names), steps)
    return {name: _merged(values[name], row.tolist()) for name, row in zip(names, labels, strict=True)}


def _seconds_to_change(image: Pixels, ranges: Ranges) -> float:
    started_at = time.perf_counter()
    changed(image, Changes(rotate=ranges.rotate[1], blur=ranges.blur[1]))
    return time.perf_counter() - started_at


def _values(limits: Range, steps: int) -> list[float]:
    low, high = limits
    return [low + (high - low) * step / (steps - 1) for step in range(steps)]


def _merged(values: Sequence[float], labels: Sequence[int]) -> list[Band]:
    """Returns the runs of equal labels. The answer changes in the middle between two values."""
    starts = [0, *(at for at in range(1, len(labels)) if labels[at] != labels[at - 1])]
    edges = [values[0], *((values[at - 1] + values[at]) / 2 for at in starts[1:]), values[-1]]
    return [Band(*edge, labels[at]) for at, edge in zip(starts, pairwise(edges), strict=True)]


def _cropped(picture: Image.Image, share: float) -> Image.Image:
    """Returns the middle of a picture in its old size; `share` of each side is cut away."""
    if not share:
        return picture
    width, height = picture.size
    box = (width * share / 2, height * share / 2, width * (1 - share / 2), height * (1 - share / 2))
    return picture.resize(picture.size, Image.Resampling.BILINEAR, box=box)


def _turned(picture: Image.Image, degrees: float) -> Image.Image:
    """Returns a picture turned clockwise around its middle. Its edges go on outwards, as in `fill_mode: nearest`."""
    if not degrees:
        return picture
    width, height = picture.size
    margin = math.ceil((math.hypot(width, height) - min(width, height)) / 2)
    pixels = np.asarray(picture)
    wide = np.pad(pixels, [(margin, margin)] * 2 + [(0, 0)] * (pixels.ndim - 2), mode="edge")
    turned = Image.fromarray(wide).rotate(-degrees, Image.Resampling.BILINEAR)
    return turned.crop((margin, margin, margin + width, margin + height))


@lru_cache(maxsize=1)
def _noise(shape: tuple[int, ...]) -> npt.NDArray[np.float32]:
    """Returns the same standard normal noise each time, so that an answer depends on its strength alone."""
    return np.random.default_rng(NOISE_SEED).standard_normal(shape, np.float32)
