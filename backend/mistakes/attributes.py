"""What slices are made by: the class, brightness, contrast and color of the stored images, and what an upload kept."""

import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

import numpy as np

from backend.analysis.pixels import COLORS, PixelStatistics, pixel_statistics
from backend.analysis.predictions import Indexes
from backend.analysis.slices import Attribute, Bin, number_attribute, value_attribute
from backend.datasets.columns import Column, read_columns
from backend.datasets.store import StoredDataset
from backend.runs.stored_predictions import EpochPredictions

MAX_IMAGES = 100_000  # of a split are measured, in about two seconds; what comes after them has no brightness
KEPT_STATISTICS = 16  # splits whose statistics stay in memory, at most 1 MB each

BRIGHTNESS = ("Very dark images", "Dark images", "Medium bright images", "Bright images", "Very bright images")
CONTRAST = ("Very low contrast", "Low contrast", "Medium contrast", "High contrast", "Very high contrast")
NOT_KEPT = "built-in datasets have none; an older upload has it once its images are uploaded again"
ALL_EQUAL = "it is the same for all images"
SIZE = ("Very small originals", "Small originals", "Medium originals", "Large originals", "Very large originals")


@dataclass(frozen=True)
class Missing:
    """An attribute that makes no slices, and why."""

    title: str
    reason: str


_statistics: OrderedDict[tuple[str, ...], PixelStatistics] = OrderedDict()
_lock = Lock()


def class_attribute(stored: EpochPredictions) -> Attribute:
    bins = tuple(Bin(name, value=name) for name in stored.predictions.classes)
    return Attribute("class", "Class", stored.predictions.true, bins)


def attributes(dataset: StoredDataset, stored: EpochPredictions) -> tuple[list[Attribute], list[Missing]]:
    """Returns the attributes of a run's images besides their class, and those that are missing."""
    statistics = _pixel_statistics(dataset, stored)
    made = [
        ("Brightness", number_attribute("brightness", "Brightness", statistics.brightness, BRIGHTNESS)),
        ("Contrast", number_attribute("contrast", "Contrast", statistics.contrast, CONTRAST)),
        ("Color", _color(statistics)),
    ]
    columns = read_columns(dataset.folder, stored.stored_split)
    if columns is None:
        missing = [Missing(title, NOT_KEPT) for title in ("Size of the original", "Folder")]
    else:
        made += [(column.title, _column(column, stored.positions)) for column in columns.kept]
        missing = [Missing(column.title, column.reason) for column in columns.left_out]
    equal = [Missing(title, ALL_EQUAL) for title, attribute in made if attribute is None]
    return [attribute for _, attribute in made if attribute is not None], equal + missing


def _color(statistics: PixelStatistics) -> Attribute | None:
    if statistics.color is None:
        return None
    return value_attribute("color", "Color", statistics.color, COLORS, _color_title)


def _color_title(color: str) -> str:
    return "Colorless images" if color == COLORS[0] else f"Mostly {color.lower()} images"


def _column(column: Column, positions: Indexes) -> Attribute | None:
    data = column.data[positions]
    if column.values is None:
        return number_attribute(column.key, column.title, data, SIZE if column.key == "size" else ())
    codes = np.nan_to_num(data, nan=-1).astype(np.int64)
    return value_attribute(column.key, column.title, codes, column.values, lambda value: f"{column.title} {value}")


def _pixel_statistics(dataset: StoredDataset, stored: EpochPredictions) -> PixelStatistics:
    """Returns the statistics of the run's images; they are computed once for a dataset and a choice of its images."""
    positions = stored.positions[:MAX_IMAGES]
    digest = hashlib.blake2b(np.ascontiguousarray(positions).tobytes()).hexdigest()
    key = (dataset.manifest.content_hash, stored.stored_split, digest)
    with _lock:
        if key in _statistics:
            _statistics.move_to_end(key)
            return _statistics[key].padded(len(stored.positions))
    statistics = pixel_statistics(dataset.images(stored.stored_split), positions)
    with _lock:
        _statistics[key] = statistics
        while len(_statistics) > KEPT_STATISTICS:
            _statistics.popitem(last=False)
    return statistics.padded(len(stored.positions))
