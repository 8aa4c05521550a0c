"""Opens a stored dataset and encodes single images of it as PNG."""

import io
from pathlib import Path

from PIL import Image
from sqlalchemy.orm import Session

from backend.datasets import registry
from backend.datasets.folder import DatasetDamaged
from backend.datasets.store import Images, StoredDataset
from backend.db.engine import read_again
from backend.errors import NotFound


def open_dataset(session: Session, data_dir: Path, name: str) -> StoredDataset:
    """Opens a dataset that is ready.

    Raises:
        NotFound: there is no dataset of that name, it is not ready, or its files are damaged.
    """
    row = registry.find(session, name)
    if row is None or row.folder is None:
        status = "missing" if row is None else row.status
        raise NotFound(f"Dataset {name!r} is {status}, so it has no images; prepare it first.")
    try:
        return StoredDataset.open(data_dir / row.folder)
    except DatasetDamaged as error:
        raise NotFound(str(error)) from error


def open_current(session: Session, data_dir: Path, name: str) -> StoredDataset:
    """Opens a dataset as `open_dataset`; the newer one if it has just been deleted and uploaded again."""
    return read_again(session, lambda current: open_dataset(current, data_dir, name))


def split_images(dataset: StoredDataset, split: str) -> Images:
    """Returns the images of one stored split, uint8 of shape (n, H, W, C). Raises NotFound for another split."""
    check_split(dataset, split)
    return dataset.images(split)


def check_split(dataset: StoredDataset, split: str) -> None:
    """Raises NotFound if the dataset has no such split."""
    if split not in dataset.splits:
        raise NotFound(f"There is no stored split {split!r}; the splits are {' and '.join(dataset.splits)}.")


def encode_png(images: Images, index: int) -> bytes:
    """Encodes one image of uint8 (n, H, W, 1 or 3) as a PNG, grayscale or RGB; `index` counts from 0.

    Raises:
        NotFound: `index` is out of range.
    """
    if not 0 <= index < len(images):
        raise NotFound(f"There is no image {index}; the images are 0 to {len(images) - 1}.")
    pixels = images[index]
    image = Image.fromarray(pixels[:, :, 0] if pixels.shape[2] == 1 else pixels)
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()
