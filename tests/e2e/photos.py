"""A zip of photos of differing sizes, as somebody's own would be."""

import io
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

CLASSES = ("hills", "towers", "은행나무")
EACH = 30
SEED = 7


def photos(path: Path) -> Path:
    """A folder a class with JPEGs of 40 to 150 pixels a side, one of them cut short."""
    draw = np.random.default_rng(SEED)
    with zipfile.ZipFile(path, "w") as archive:
        for name in CLASSES:
            for number in range(EACH):
                archive.writestr(f"photos/{name}/{number:03}.jpg", _jpeg(_scene(name, draw)))
        archive.writestr("photos/hills/broken.jpg", _jpeg(_scene("hills", draw))[:300])
    return path


def _scene(name: str, draw: np.random.Generator) -> Image.Image:
    width, height = (int(side) for side in draw.integers(40, 150, 2))
    picture = Image.new("RGB", (width, height), tuple(int(value) for value in draw.integers(120, 220, 3)))
    pen = ImageDraw.Draw(picture)
    left, top = int(draw.integers(0, width // 3)), int(draw.integers(0, height // 3))
    box = (left, top, left + width // 2, top + height // 2)
    if name == "hills":
        pen.ellipse(box, fill=(20, 90, 30))
    elif name == "towers":
        pen.rectangle((left, 0, left + width // 5, height), fill=(60, 30, 20))
    else:
        pen.polygon((left, top, left + width // 2, top, left + width // 4, height), fill=(240, 200, 20))
    return picture


def _jpeg(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "JPEG")
    return file.getvalue()
