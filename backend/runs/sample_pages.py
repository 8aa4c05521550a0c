"""Pages of samples. A cursor keeps the epoch: a new best epoch doesn't change a list that is being read."""

import base64
import binascii
import json
import zlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from urllib.parse import quote

from backend.analysis.samples import Sample, Selection, samples_at, select
from backend.errors import FieldError, Invalid
from backend.runs.analysis_schemas import SampleRead, SamplesQuery, SamplesRead
from backend.runs.stored_predictions import EpochPredictions


@dataclass(frozen=True)
class Place:
    """Where a page begins: in the samples of `epoch`, after `offset` of them."""

    epoch: str
    offset: int


def place(query: SamplesQuery) -> Place:
    """The place that the query's cursor names, or the first page.

    Raises:
        Invalid: the cursor is none of ours, or was given for another question.
    """
    if query.cursor is None:
        return Place(query.epoch, 0)
    match _decode(query.cursor):
        case [int() as epoch, int() as offset, int() as mark] if offset >= 0 and mark == _mark(query):
            return Place(str(epoch), offset)
    raise _invalid("cursor", f"{query.cursor!r} is no cursor of this question; leave it out for the first page")


def page(shown: EpochPredictions, query: SamplesQuery, offset: int) -> SamplesRead:
    chosen = select(shown.predictions, _selection(shown, query))
    end = offset + query.limit
    samples = samples_at(shown.predictions, chosen[offset:end])
    return SamplesRead(
        epoch=shown.epoch,
        split=shown.split,
        total=len(chosen),
        items=[_read(sample, shown) for sample in samples],
        next_cursor=_encode(shown.epoch, end, query) if end < len(chosen) else None,
    )


def _selection(shown: EpochPredictions, query: SamplesQuery) -> Selection:
    classes = shown.predictions.classes
    true, predicted = _index(classes, "true", query.true), _index(classes, "predicted", query.predicted)
    return Selection(query.kind, true, predicted, query.order, query.seed)


def _index(classes: Sequence[str], field: str, name: str | None) -> int | None:
    if name is None:
        return None
    if name not in classes:
        raise _invalid(field, f"there is no class {name!r}; the classes are {', '.join(classes)}")
    return classes.index(name)


def _read(sample: Sample, shown: EpochPredictions) -> SampleRead:
    index = int(shown.positions[sample.index])
    image = f"/api/datasets/{quote(shown.dataset, safe='')}/images/{shown.stored_split}/{index}.png"
    return SampleRead(**{**asdict(sample), "index": index}, image=image)


def _encode(epoch: int, offset: int, query: SamplesQuery) -> str:
    text = json.dumps([epoch, offset, _mark(query)], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _decode(cursor: str) -> object:
    try:
        return json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError):
        return None


def _mark(query: SamplesQuery) -> int:
    """Tells one question from another; the length of a page may change on the way."""
    return zlib.crc32(query.model_dump_json(exclude={"limit", "cursor"}).encode())


def _invalid(field: str, message: str) -> Invalid:
    return Invalid(f"{field}: {message}.", [FieldError(["query", field], message)])
