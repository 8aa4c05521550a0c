"""Reads the slices of a run: the accuracy of images that have something in common, and which ones are weak."""

import re
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sqlalchemy.orm import Session

from backend.analysis.slices import LEVEL, Attribute, Slice, range_text, slices, smallest_tested
from backend.analysis.statistics.intervals import wilson
from backend.db.models import Run
from backend.errors import FieldError, Invalid
from backend.mistakes.attributes import attributes, class_attribute
from backend.mistakes.schemas import MissingAttribute, SliceAttribute, SliceRead, SlicesRead
from backend.phrases import percent, quoted
from backend.runs.sample_pages import image_address
from backend.runs.stored_predictions import EpochPredictions, dataset_of

EXAMPLES = 5  # images of a slice that was found: its surest mistakes
METHOD = (
    f"one-sided hypergeometric test of each slice, corrected by Holm for all that were compared, at {percent(LEVEL, 0)}"
)
KEY = re.compile(r"(?:class:(\d{1,6})\+)?([a-z0-9]{1,20}):(\d{1,6})")

Mask = npt.NDArray[np.bool_]


def run_slices(session: Session, data_dir: Path, run: Run, stored: EpochPredictions) -> SlicesRead:
    """Returns all slices by one attribute, and those of a class and another attribute that were found; weakest first.

    Raises:
        NotFound: The run's dataset is gone or has changed.
    """
    classes = class_attribute(stored)
    others, missing = attributes(dataset_of(session, data_dir, run), stored)
    right = stored.predictions.predicted == stored.predictions.true
    found, compared = slices(classes, others, right)
    found.sort(key=lambda slice_: (not slice_.found, slice_.accuracy, -slice_.n))
    return SlicesRead(
        epoch=stored.epoch,
        split=stored.split,
        n=len(right),
        accuracy=float(right.mean()),
        interval=wilson(int(right.sum()), len(right)),
        compared=compared,
        smallest=smallest_tested(len(right)),
        method=METHOD,
        attributes=[SliceAttribute(key=attribute.key, title=attribute.title) for attribute in (classes, *others)],
        missing=[MissingAttribute(title=attribute.title, reason=attribute.reason) for attribute in missing],
        items=[_read(stored, classes, slice_) for slice_ in found],
    )


def slice_mask(session: Session, data_dir: Path, run: Run, stored: EpochPredictions, key: str) -> Mask:
    """Returns which images a slice has. Raises Invalid if there is no slice of that key."""
    classes = class_attribute(stored)
    by_key = {"class": classes}
    if not key.startswith("class:") or "+" in key:
        others, _ = attributes(dataset_of(session, data_dir, run), stored)
        by_key |= {attribute.key: attribute for attribute in others}
    match = KEY.fullmatch(key)
    attribute = by_key.get(match[2]) if match else None
    if match is None or attribute is None or int(match[3]) >= len(attribute.bins):
        message = f"there is no slice {quoted(key)}; take the key of one that the run's slices list"
        raise Invalid(f"slice: {message}.", [FieldError(["query", "slice"], message)])
    mask: Mask = attribute.places == int(match[3])
    return mask if match[1] is None else mask & (classes.places == int(match[1]))


def _read(stored: EpochPredictions, classes: Attribute, slice_: Slice) -> SliceRead:
    bin_ = slice_.attribute.bins[slice_.place]
    class_ = None if slice_.class_ is None else classes.bins[slice_.class_].title
    key = f"{slice_.attribute.key}:{slice_.place}"
    return SliceRead(
        key=key if slice_.class_ is None else f"class:{slice_.class_}+{key}",
        by=slice_.attribute.key,
        title=bin_.title if class_ is None else f"{class_}: {bin_.title[:1].lower()}{bin_.title[1:]}",
        detail=_detail(slice_.attribute, slice_.place),
        range=bin_.range,
        value=bin_.value,
        class_=class_,
        position=slice_.place if slice_.attribute is classes else slice_.class_,
        n=slice_.n,
        right=slice_.right,
        accuracy=slice_.accuracy,
        interval=wilson(slice_.right, slice_.n),
        p_value=slice_.p_value,
        found=slice_.found,
        images=_examples(stored, classes, slice_) if slice_.found else [],
    )


def _detail(attribute: Attribute, place: int) -> str:
    """Returns what the title does not say: "brightness below 30", or the attribute of a value."""
    ranges = [bin_.range for bin_ in attribute.bins if bin_.range is not None]
    return f"{attribute.title} {range_text(ranges, place)}" if ranges else attribute.title


def _examples(stored: EpochPredictions, classes: Attribute, slice_: Slice) -> list[str]:
    predictions = stored.predictions
    mask = (slice_.attribute.places == slice_.place) & (predictions.predicted != predictions.true)
    if slice_.class_ is not None:
        mask &= classes.places == slice_.class_
    images = np.flatnonzero(mask)
    surest = images[np.argsort(-predictions.confidence[images], kind="stable")[:EXAMPLES]]
    return [image_address(stored, int(index)) for index in stored.positions[surest]]
