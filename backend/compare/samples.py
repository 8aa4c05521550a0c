"""Pages of the images that two runs predict alike or differently."""

from pathlib import Path
from typing import Annotated

import numpy as np
import numpy.typing as npt
from pydantic import Field, TypeAdapter
from sqlalchemy.orm import Session

from backend.analysis.predictions import Indexes, Predictions
from backend.analysis.samples import samples_at
from backend.compare.pair import load_pair
from backend.compare.schemas import (
    ChangeKind,
    ComparedSample,
    ComparedSamples,
    ComparedSamplesQuery,
    ComparisonQuery,
    RunPrediction,
)
from backend.compare.selection import named_runs
from backend.runs.sample_pages import class_index, image_sources, offset_around
from backend.runs.stored_predictions import EpochPredictions
from backend.runs.table import cursors

Number = Annotated[int, Field(ge=0, lt=2**31)]
POSITION = TypeAdapter(tuple[Number, Number, Number])
"""The position in a cursor: the runs' epochs, so that a new best epoch changes no list between pages, and an offset."""


def compared_samples(session: Session, data_dir: Path, query: ComparedSamplesQuery) -> ComparedSamples:
    """Returns a page of images.

    Raises:
        Invalid: There is no such class, the cursor belongs to another query, or as `named_runs`.
        NotFound, Conflict: As `named_runs` and `load_pair`.
    """
    first_run, second_run = named_runs(session, query.runs, most=2)
    epochs, offset = _page_start(query)
    first, second = load_pair(session, data_dir, (first_run, second_run), epochs, query.split)
    return _page(first, second, query, offset)


def first_samples(
    first: EpochPredictions, second: EpochPredictions, query: ComparisonQuery
) -> dict[ChangeKind, ComparedSamples]:
    """Returns the first page of each kind in `query.samples`. Raises Invalid if there is no such class."""
    shared = query.model_dump(exclude={"samples"}) | {"inline": True}
    return {kind: _page(first, second, ComparedSamplesQuery(kind=kind, **shared), 0) for kind in query.samples}


def _page(
    first: EpochPredictions, second: EpochPredictions, query: ComparedSamplesQuery, offset: int
) -> ComparedSamples:
    selected = _select(first.predictions, second.predictions, query)
    if query.around is not None:
        offset = offset_around(first.positions[selected], query.around, query.limit)
    end = offset + query.limit
    position = [first.epoch, second.epoch, end]
    return ComparedSamples(
        epochs=(first.epoch, second.epoch),
        split=query.split,
        total=len(selected),
        offset=offset,
        items=_items(first, second, selected[offset:end], query.inline),
        next_cursor=cursors.encode(_without_page(query), position) if end < len(selected) else None,
    )


def _page_start(query: ComparedSamplesQuery) -> tuple[tuple[str, str], int]:
    """Returns the epochs and the offset of the query's cursor, or those of the first page."""
    if query.cursor is None:
        return (query.epoch, query.epoch), 0
    first, second, offset = cursors.decode(query.cursor, _without_page(query), POSITION)
    return (str(first), str(second)), offset


def _without_page(query: ComparedSamplesQuery) -> ComparedSamplesQuery:
    return query.model_copy(update={"limit": 0, "cursor": None, "around": None, "inline": False})


def _select(first: Predictions, second: Predictions, query: ComparedSamplesQuery) -> Indexes:
    """Returns the indexes of all selected images, in an order that depends on the arguments only."""
    if query.order == "random":
        order = np.random.default_rng(query.seed).permutation(len(first))
    else:
        order = np.argsort(-second.confidence, kind="stable")
    return order[_mask(first, second, query)[order]]


def _mask(first: Predictions, second: Predictions, query: ComparedSamplesQuery) -> npt.NDArray[np.bool_]:
    first_is_right, second_is_right = {
        "fixed": (False, True),
        "broken": (True, False),
        "both_wrong": (False, False),
        "both_right": (True, True),
    }[query.kind]
    true, predicted = (class_index(first.classes, name, getattr(query, name)) for name in ("true", "predicted"))
    mask: npt.NDArray[np.bool_] = ((first.predicted == first.true) == first_is_right) & (
        (second.predicted == first.true) == second_is_right
    )
    if true is not None:
        mask &= first.true == true
    if predicted is not None:
        mask &= (first.predicted == predicted) | (second.predicted == predicted)
    return mask


def _items(first: EpochPredictions, second: EpochPredictions, places: Indexes, inline: bool) -> list[ComparedSample]:
    samples = (samples_at(stored.predictions, places) for stored in (first, second))
    return [
        ComparedSample(
            index=int(first.positions[a.index]),
            true=a.true,
            first=RunPrediction(predicted=a.predicted, confidence=a.confidence),
            second=RunPrediction(predicted=b.predicted, confidence=b.confidence),
            image=image,
        )
        for a, b, image in zip(*samples, image_sources(first, places, inline), strict=True)
    ]
