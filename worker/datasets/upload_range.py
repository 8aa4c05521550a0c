"""Finds the value range of an upload: which values of its images of more than 8 bits become black and white."""

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from zipfile import ZipFile

from backend.datasets.pictures.decode import UndecodableImage, ValueRange, deep_values
from backend.datasets.pictures.value_range import ValueSample, range_text
from backend.datasets.schemas import Notice, UploadOptions
from backend.uploads.archive.entries import read_entry
from backend.uploads.layout.types import LabeledImage
from worker.datasets.progress import ProgressCallback, ProgressUpdate

PROGRESS_IMAGES = 100  # between two progress updates


@dataclass(frozen=True)
class FoundRange:
    """`ends` is None if no image has more than 8 bits; `notices` say what was found."""

    ends: ValueRange | None = None
    notices: list[Notice] = field(default_factory=list)


def find_value_range(
    archive: ZipFile, images: Sequence[LabeledImage], options: UploadOptions, on_progress: ProgressCallback
) -> FoundRange:
    """Reads all images that may have more than 8 bits once; which ones have is known only then."""
    deep = [image for image in images if image.entry.kind.is_deep]
    sample = ValueSample(len(deep))
    for done, image in enumerate(deep):
        if done % PROGRESS_IMAGES == 0:
            on_progress(ProgressUpdate("Finding the range of values", done, len(deep)))
        try:
            values = deep_values(io.BytesIO(read_entry(archive, image.entry)))
        except UndecodableImage:
            continue  # it is reported when the image is decoded
        if values is not None:
            sample.add(values)
    if not sample.images:
        return FoundRange()
    ends = sample.full() if options.value_range == "full" else sample.own()
    return FoundRange(ends, [_notice(sample, ends)])


def _notice(sample: ValueSample, ends: ValueRange) -> Notice:
    images = "1 image has" if sample.images == 1 else f"{sample.images:,} images have"
    return Notice(
        title=f"{images} more than 8 bits: {range_text(ends)} become black to white",
        text=f"The values go from {range_text((sample.low, sample.high))}. The range is kept with the dataset and its "
        "runs, so that predictions, bundles and versions use the same.",
    )
