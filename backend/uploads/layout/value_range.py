"""Looks at some of the images that may have more than 8 bits, for the choice of which values become black and white."""

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from zipfile import ZipFile

from backend.datasets.schemas import UploadOptions
from backend.uploads.archive.entries import read_entry
from backend.uploads.archive.rules import InvalidZip
from backend.uploads.layout.types import LabeledImage
from backend.uploads.schemas import Choice, ChoiceValue

if TYPE_CHECKING:
    from backend.datasets.pictures.value_range import ValueSample

MAX_LOOKED_AT = 24
MAX_EXAMPLES = 2  # a look shows them as they are decoded by the chosen range


@dataclass(frozen=True)
class ValueRangeLook:
    """`ends` are the values that become black and white as far as was seen, None without images of more than 8 bits.

    `choices` is empty where the options make no difference.
    """

    ends: tuple[float, float] | None = None
    choices: list[Choice] = field(default_factory=list)


def look_at_values(archive: ZipFile, images: Sequence[LabeledImage], options: UploadOptions) -> ValueRangeLook:
    """Looks at some images; all of them are read only when the zip becomes a dataset."""
    deep = [image for image in images if image.entry.kind.is_deep]
    if not deep:
        return ValueRangeLook()  # NumPy and Pillow need not be imported
    sample = _sample(archive, deep[:: max(1, len(deep) // MAX_LOOKED_AT)][:MAX_LOOKED_AT])
    if not sample.images:
        return ValueRangeLook()
    own, full = sample.own(), sample.full()
    ends = full if options.value_range == "full" else own
    return ValueRangeLook(ends, [_choice(sample, options, deep)] if own != full else [])


def _sample(archive: ZipFile, images: Sequence[LabeledImage]) -> "ValueSample":
    from backend.datasets.pictures.decode import UndecodableImage, deep_values
    from backend.datasets.pictures.value_range import ValueSample

    sample = ValueSample(len(images))
    for image in images:
        try:
            values = deep_values(io.BytesIO(read_entry(archive, image.entry)))
        except (UndecodableImage, InvalidZip):
            continue  # it is reported when all images are read
        if values is not None:
            sample.add(values)
    return sample


def _choice(sample: "ValueSample", options: UploadOptions, deep: Sequence[LabeledImage]) -> Choice:
    from backend.datasets.pictures.value_range import range_text

    values = [
        ChoiceValue(value="own", title="Their own range", effect=f"{range_text(sample.own())} become black to white"),
        ChoiceValue(value="full", title="The whole range", effect=f"{range_text(sample.full())} become black to white"),
    ]
    low, high = sample.low, sample.high
    looked_at = "the one that was looked at" if sample.images == 1 else f"the {sample.images} that were looked at"
    return Choice(
        option="value_range",
        title="Images of more than 8 bits",
        text=f"The values go from {range_text((low, high))} in {looked_at}. The range is found over all of them when "
        "they are read, and kept with the dataset, so that predictions use the same.",
        examples=[image.entry.name for image in deep[:MAX_EXAMPLES]],
        values=values,
        chosen=options.value_range or "own",
    )
