"""The pictures of a report as data URLs: samples, and a matrix that is too large for a table."""

import io
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from backend.analysis.samples import Sample, Selection, samples_at, select
from backend.datasets.pictures.data_url import png_data_url
from backend.datasets.store import StoredDataset
from backend.runs.stored_predictions import EpochPredictions

SAMPLES = 24
SIDE = 96  # pixels, of a larger image that is made smaller
MAX_MATRIX_PIXELS = 600
MAX_TABLE_CLASSES = 20
WRONG, RIGHT = np.array([206, 84, 0]), np.array([0, 114, 178])  # of the page's heat map


@dataclass(frozen=True)
class SamplePicture:
    sample: Sample
    url: str


def sure_mistakes(dataset: StoredDataset, stored: EpochPredictions) -> list[SamplePicture]:
    """Returns the mistakes that the model was most sure of."""
    places = select(stored.predictions, Selection(order="confidence"))[:SAMPLES]
    images = dataset.images(stored.stored_split)
    samples = samples_at(stored.predictions, places)
    return [
        SamplePicture(sample, _data_url(thumbnail(images[int(stored.positions[sample.index])]))) for sample in samples
    ]


def thumbnail(pixels: npt.NDArray[np.uint8]) -> Image.Image:
    """Returns an image of shape (H, W, 1 or 3) with sides of at most SIDE pixels; a smaller one is not enlarged."""
    image = Image.fromarray(pixels[:, :, 0] if pixels.shape[2] == 1 else pixels)
    image.thumbnail((SIDE, SIDE))
    return image


def matrix_picture(counts: npt.NDArray[np.int64]) -> str:
    """Returns a confusion matrix as a picture, rows true and columns predicted, with logarithmic colours.

    Correct predictions are blue and mistakes orange, each on a scale of its own.
    """
    is_right = np.eye(len(counts), dtype=bool)
    strength = np.log1p(counts) / np.where(is_right, _scale(counts[is_right]), _scale(counts[~is_right]))
    colour = np.where(is_right[:, :, None], RIGHT, WRONG)
    pixels = 255 - strength[:, :, None] * (255 - colour)
    factor = max(1, MAX_MATRIX_PIXELS // len(counts))
    return _data_url(Image.fromarray(pixels.astype(np.uint8).repeat(factor, axis=0).repeat(factor, axis=1)))


def _scale(counts: npt.NDArray[np.int64]) -> float:
    return float(np.log1p(counts.max(initial=1)))


def _data_url(image: Image.Image) -> str:
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True)
    return png_data_url(file.getvalue())
