"""The images that the checks train on: those of this machine, or synthetic ones of CIFAR-10's shape in their place."""

import io
import sys

import numpy as np
from PIL import Image

from benchmarks.measuring.board import Board, add_dataset, add_zip
from benchmarks.measuring.options import CIFAR, FASHION, Options
from tests.support.files.zips import zipped

CLASSES, SIDE = 10, 32
IMAGES = {"train": 640, "test": 128}  # of each class
NOISE = 60  # standard deviation of a pixel of 0 to 255: enough that a network needs more than one epoch


def add_images(board: Board, options: Options) -> dict[str, str]:
    """Returns the name on the board of each dataset that a recipe wants."""
    if options.smoke:
        return dict.fromkeys((CIFAR, FASHION), add_dataset(board, CIFAR, options))
    missing = [name for name in (CIFAR, FASHION) if not options.has_images(name)]
    names = {name: add_dataset(board, name, options) for name in (CIFAR, FASHION) if name not in missing}
    if missing:
        text = f"{' and '.join(missing)} not found here: synthetic images of 32 × 32 pixels take their place."
        print(text, file=sys.stderr, flush=True)
        names |= dict.fromkeys(missing, add_zip(board, "synthetic", synthetic_zip(), SIDE))
    return names


def synthetic_zip() -> bytes:
    """Each class is a coarse random pattern; its images are that pattern with noise, so that it can be learnt."""
    random = np.random.default_rng(0)
    patterns = random.integers(40, 216, (CLASSES, 4, 4, 3)).repeat(8, axis=1).repeat(8, axis=2)
    entries: dict[str, bytes] = {}
    for split, count in IMAGES.items():
        for number, pattern in enumerate(patterns):
            pixels = pattern + random.normal(0, NOISE, (count, SIDE, SIDE, 3))
            images = pixels.clip(0, 255).astype(np.uint8)
            entries |= {f"{split}/class-{number}/{index}.png": png(image) for index, image in enumerate(images)}
    return zipped(entries)


def png(image: "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]") -> bytes:
    file = io.BytesIO()
    Image.fromarray(image).save(file, "PNG", compress_level=0)
    return file.getvalue()
