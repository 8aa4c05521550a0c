"""Pages of samples. The cursor holds the epoch, so that a new best epoch does not change a list between pages."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Annotated
from urllib.parse import quote

import numpy as np
import numpy.typing as npt
from pydantic import Field, TypeAdapter

from backend.analysis.predictions import Indexes
from backend.analysis.samples import Sample, Selection, samples_at, select
from backend.datasets.images import encode_png
from backend.datasets.pictures.data_url import png_data_url
from backend.errors import FieldError, Invalid
from backend.runs.analysis_schemas import SampleRead, SamplesQuery, SamplesRead
from backend.runs.stored_predictions import EpochPredictions
from backend.runs.table import cursors

POSITION = TypeAdapter(tuple[Annotated[int, Field(ge=1, lt=2**31)], Annotated[int, Field(ge=0, lt=2**31)]])
"""The position in a cursor: epoch and offset."""

MAX_INLINE_BYTES = 256 * 1024  # pixels of a page: 12 images of 32 × 32 in color have 36 KiB, of 96 × 96 too many


@dataclass(frozen=True)
class PageStart:
    """Where a page starts: at `offset` in the samples of `epoch`."""

    epoch: str
    offset: int


def page_start(query: SamplesQuery) -> PageStart:
    """Returns the start that the query's cursor encodes, or that of the first page.

    Raises:
        Invalid: As `cursors.decode`.
    """
    if query.cursor is None:
        return PageStart(query.epoch, 0)
    epoch, offset = cursors.decode(query.cursor, _first(query), POSITION)
    return PageStart(str(epoch), offset)


def page(
    stored: EpochPredictions, query: SamplesQuery, offset: int, mask: npt.NDArray[np.bool_] | None = None
) -> SamplesRead:
    """Returns the page of samples that starts at `offset`; with `mask` (N,) only of images where it is true."""
    selected = select(stored.predictions, _selection(stored, query))
    if mask is not None:
        selected = selected[mask[selected]]
    if query.around is not None:
        offset = offset_around(stored.positions[selected], query.around, query.limit)
    end = offset + query.limit
    return SamplesRead(
        epoch=stored.epoch,
        split=stored.split,
        total=len(selected),
        offset=offset,
        items=samples_read(stored, selected[offset:end], query.inline),
        next_cursor=cursors.encode(_first(query), [stored.epoch, end]) if end < len(selected) else None,
    )


def offset_around(indexes: Indexes, index: int, limit: int) -> int:
    """Returns where a page of `limit` starts that has `index` in its middle; 0 if `index` is not in the list."""
    places = np.flatnonzero(indexes == index)
    return max(0, min(int(places[0]) - limit // 2, len(indexes) - limit)) if len(places) else 0


def _selection(stored: EpochPredictions, query: SamplesQuery) -> Selection:
    classes = stored.predictions.classes
    true, predicted = class_index(classes, "true", query.true), class_index(classes, "predicted", query.predicted)
    return Selection(query.kind, true, predicted, query.order, query.seed)


def class_index(classes: Sequence[str], field: str, name: str | None) -> int | None:
    """Returns the index of the class that the query's `field` names. Raises Invalid if there is no such class."""
    if name is None:
        return None
    if name not in classes:
        raise _invalid(field, f"there is no class {name!r}; the classes are {', '.join(classes)}")
    return classes.index(name)


def samples_read(stored: EpochPredictions, places: Indexes, inline: bool = False) -> list[SampleRead]:
    """Returns the samples at `places`, indexes into the predictions."""
    samples, images = samples_at(stored.predictions, places), image_sources(stored, places, inline)
    return [_read(sample, stored, image) for sample, image in zip(samples, images, strict=True)]


def _read(sample: Sample, stored: EpochPredictions, image: str) -> SampleRead:
    return SampleRead(**{**asdict(sample), "index": int(stored.positions[sample.index])}, image=image)


def image_sources(stored: EpochPredictions, places: Indexes, inline: bool) -> list[str]:
    """Returns the address of each image; with `inline` its data URL, if all together have few enough pixels."""
    indexes = [int(index) for index in stored.positions[places]]
    if inline and stored.images[:1].nbytes * len(indexes) <= MAX_INLINE_BYTES:
        return [png_data_url(encode_png(stored.images, index)) for index in indexes]
    return [image_address(stored, index) for index in indexes]


def image_address(stored: EpochPredictions, index: int) -> str:
    """Returns the address of an image by its position in the stored split."""
    return image_path(stored.dataset, stored.stored_split, index)


def image_path(dataset: str, stored_split: str, index: int) -> str:
    return f"/api/datasets/{quote(dataset, safe='')}/images/{stored_split}/{index}.png"


def _first(query: SamplesQuery) -> SamplesQuery:
    """Returns the query without what may differ between its pages."""
    return query.model_copy(update={"limit": 0, "cursor": None, "around": None, "inline": False})


def _invalid(field: str, message: str) -> Invalid:
    return Invalid(f"{field}: {message}.", [FieldError(["query", field], message)])
