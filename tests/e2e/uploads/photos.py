"""Creates a zip of photos of different sizes, like a user's own images."""

import io
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

CLASSES = ("hills", "towers", "은행나무")
IMAGES_PER_CLASS = 30
SEED = 7


def create_photos_zip(path: Path) -> Path:
    """Writes one folder per class with JPEGs of 40 to 150 pixels a side, one of them truncated."""
    rng = np.random.default_rng(SEED)
    with zipfile.ZipFile(path, "w") as archive:
        for name in CLASSES:
            for number in range(IMAGES_PER_CLASS):
                archive.writestr(f"photos/{name}/{number:03}.jpg", _jpeg(_scene(name, rng)))
        archive.writestr("photos/hills/broken.jpg", _jpeg(_scene("hills", rng))[:300])
    return path


def _scene(name: str, rng: np.random.Generator) -> Image.Image:
    width, height = (int(side) for side in rng.integers(40, 150, 2))
    picture = Image.new("RGB", (width, height), tuple(int(value) for value in rng.integers(120, 220, 3)))
    canvas = ImageDraw.Draw(picture)
    left, top = int(rng.integers(0, width // 3)), int(rng.integers(0, height // 3))
    box = (left, top, left + width // 2, top + height // 2)
    if name == "hills":
        canvas.ellipse(box, fill=(20, 90, 30))
    elif name == "towers":
        canvas.rectangle((left, 0, left + width // 5, height), fill=(60, 30, 20))
    else:
        canvas.polygon((left, top, left + width // 2, top, left + width // 4, height), fill=(240, 200, 20))
    return picture


def _jpeg(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "JPEG")
    return file.getvalue()
