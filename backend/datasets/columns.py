"""What an upload knew of each image beside its class: size of the original, folder, further columns of a table.

    <folder>/columns.json          the columns, and why others were left out
    <folder>/{train,validation,test}-columns.npy   float32 (n, columns): numbers, or positions in the values of a column

A dataset that was stored before this was kept, or is built in, has no such files.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from backend.datasets.store import existing_splits

FILE = "columns.json"
MAX_CATEGORIES = 50  # values of a column that is not a number
MAX_PLAIN_NUMBERS = 10  # with at most so many values, a number is taken as it is


@dataclass(frozen=True)
class Column:
    """A property of images. `data` (n,) has numbers, or positions in `values`; NaN where an image has none."""

    key: str
    title: str
    values: list[str] | None
    data: npt.NDArray[np.float32]


@dataclass(frozen=True)
class LeftOut:
    title: str
    reason: str


@dataclass(frozen=True)
class Columns:
    kept: list[Column]
    left_out: list[LeftOut]


def number_column(key: str, title: str, values: npt.ArrayLike) -> Column:
    return Column(key, title, None, np.asarray(values, np.float32))


def text_column(key: str, title: str, texts: Sequence[str]) -> Column | LeftOut:
    """Returns a column of texts: of numbers if they all are, else by value. An empty text is none."""
    distinct = sorted({text for text in texts if text})
    if len(distinct) > MAX_PLAIN_NUMBERS and all(map(_is_number, distinct)):
        return number_column(key, title, [float(text) if text else math.nan for text in texts])
    if len(distinct) > MAX_CATEGORIES:
        reason = f"it has {len(distinct):,} values that are not all numbers; at most {MAX_CATEGORIES} are kept"
        return LeftOut(title, reason)
    code_of = {text: code for code, text in enumerate(distinct)}
    return Column(key, title, distinct, np.array([code_of.get(text, math.nan) for text in texts], np.float32))


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def write_columns(folder: Path, columns: Columns, positions: Mapping[str, npt.NDArray[Any]]) -> None:
    """Writes the columns of the images at `positions` of each split into a dataset's folder."""
    kept = [{"key": column.key, "title": column.title, "values": column.values} for column in columns.kept]
    content = {"kept": kept, "left_out": [asdict(column) for column in columns.left_out]}
    (folder / FILE).write_text(json.dumps(content, ensure_ascii=False))
    for split in existing_splits(positions):
        data = [column.data[positions[split]] for column in columns.kept]
        np.save(folder / f"{split}-columns.npy", np.array(data, np.float32).T)


def read_columns(folder: Path, split: str) -> Columns | None:
    """Returns the columns of a split; None if the dataset has none, or they can't be read."""
    try:
        content = json.loads((folder / FILE).read_text())
        data = np.load(folder / f"{split}-columns.npy", allow_pickle=False)
    except (OSError, ValueError):
        return None
    kept = [Column(**column, data=data[:, at]) for at, column in enumerate(content["kept"])]
    return Columns(kept, [LeftOut(**column) for column in content["left_out"]])


def copy_columns(source: Path, folder: Path, positions: Mapping[str, npt.NDArray[Any]]) -> None:
    """Writes the columns of the images that a version keeps; `positions` are those in the dataset in `source`."""
    if not (source / FILE).exists():
        return
    (folder / FILE).write_bytes((source / FILE).read_bytes())
    for split in existing_splits(positions):
        data = np.load(source / f"{split}-columns.npy", allow_pickle=False)
        np.save(folder / f"{split}-columns.npy", data[positions[split]])
