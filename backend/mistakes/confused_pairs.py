"""Pages of the pairs of classes that a run confuses most."""

from typing import Annotated

import numpy as np
from pydantic import Field, TypeAdapter

from backend.analysis.confusion import ConfusedPairs, confused_pairs
from backend.mistakes.schemas import ConfusedPair, ConfusedPairsRead, PairsQuery
from backend.runs.sample_pages import PageStart, image_address
from backend.runs.stored_predictions import EpochPredictions
from backend.runs.table import cursors

POSITION = TypeAdapter(tuple[Annotated[int, Field(ge=1, lt=2**31)], Annotated[int, Field(ge=0, lt=2**31)]])
"""The position in a cursor: epoch and offset."""


def page_start(query: PairsQuery) -> PageStart:
    """Returns the start that the query's cursor encodes, or that of the first page. Raises Invalid as the cursors."""
    if query.cursor is None:
        return PageStart(query.epoch, 0)
    epoch, offset = cursors.decode(query.cursor, _without_page(query), POSITION)
    return PageStart(str(epoch), offset)


def pairs_page(stored: EpochPredictions, query: PairsQuery, offset: int) -> ConfusedPairsRead:
    """Returns the page of pairs that starts at `offset`."""
    pairs = confused_pairs(stored.predictions.counts())
    end = offset + query.limit
    return ConfusedPairsRead(
        epoch=stored.epoch,
        split=stored.split,
        total=len(pairs.count),
        mistakes=int(pairs.count.sum()),
        items=[_pair(stored, pairs, at) for at in range(offset, min(end, len(pairs.count)))],
        next_cursor=cursors.encode(_without_page(query), [stored.epoch, end]) if end < len(pairs.count) else None,
    )


def _pair(stored: EpochPredictions, pairs: ConfusedPairs, at: int) -> ConfusedPair:
    true, predicted = int(pairs.true[at]), int(pairs.predicted[at])
    count, support = int(pairs.count[at]), int(pairs.support[at])
    classes = stored.predictions.classes
    return ConfusedPair(
        true=classes[true],
        true_position=true,
        predicted=classes[predicted],
        predicted_position=predicted,
        count=count,
        support=support,
        share=count / support,
        image=image_address(stored, int(stored.positions[_surest(stored, true, predicted)])),
    )


def _surest(stored: EpochPredictions, true: int, predicted: int) -> int:
    predictions = stored.predictions
    images = np.flatnonzero((predictions.true == true) & (predictions.predicted == predicted))
    confidence = np.nan_to_num(predictions.confidence[images], nan=-1)
    return int(images[np.argmax(confidence)])


def _without_page(query: PairsQuery) -> PairsQuery:
    return query.model_copy(update={"limit": 0, "cursor": None})
