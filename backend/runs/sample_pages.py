"""Pages of samples. The cursor holds the epoch, so that a new best epoch does not change a list between pages."""

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
class PageStart:
    """Where a page starts: at `offset` in the samples of `epoch`."""

    epoch: str
    offset: int


def page_start(query: SamplesQuery) -> PageStart:
    """Returns the start that the query's cursor encodes, or that of the first page.

    Raises:
        Invalid: The cursor is malformed or belongs to another query.
    """
    if query.cursor is None:
        return PageStart(query.epoch, 0)
    match _decode(query.cursor):
        case [int() as epoch, int() as offset, int() as fingerprint] if offset >= 0 and fingerprint == _fingerprint(
            query
        ):
            return PageStart(str(epoch), offset)
    raise _invalid(
        "cursor", f"{query.cursor!r} does not belong to a page of this query; leave it out for the first page"
    )


def page(stored: EpochPredictions, query: SamplesQuery, offset: int) -> SamplesRead:
    """Returns the page of samples that starts at `offset`."""
    selected = select(stored.predictions, _selection(stored, query))
    end = offset + query.limit
    samples = samples_at(stored.predictions, selected[offset:end])
    return SamplesRead(
        epoch=stored.epoch,
        split=stored.split,
        total=len(selected),
        items=[_read(sample, stored) for sample in samples],
        next_cursor=_encode(stored.epoch, end, query) if end < len(selected) else None,
    )


def _selection(stored: EpochPredictions, query: SamplesQuery) -> Selection:
    classes = stored.predictions.classes
    true, predicted = _index(classes, "true", query.true), _index(classes, "predicted", query.predicted)
    return Selection(query.kind, true, predicted, query.order, query.seed)


def _index(classes: Sequence[str], field: str, name: str | None) -> int | None:
    if name is None:
        return None
    if name not in classes:
        raise _invalid(field, f"there is no class {name!r}; the classes are {', '.join(classes)}")
    return classes.index(name)


def _read(sample: Sample, stored: EpochPredictions) -> SampleRead:
    index = int(stored.positions[sample.index])
    image = f"/api/datasets/{quote(stored.dataset, safe='')}/images/{stored.stored_split}/{index}.png"
    return SampleRead(**{**asdict(sample), "index": index}, image=image)


def _encode(epoch: int, offset: int, query: SamplesQuery) -> str:
    text = json.dumps([epoch, offset, _fingerprint(query)], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _decode(cursor: str) -> object:
    try:
        return json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError):
        return None


def _fingerprint(query: SamplesQuery) -> int:
    """Returns a number by which a cursor is checked to belong to this query; `limit` may change between pages."""
    return zlib.crc32(query.model_dump_json(exclude={"limit", "cursor"}).encode())


def _invalid(field: str, message: str) -> Invalid:
    return Invalid(f"{field}: {message}.", [FieldError(["query", field], message)])
