"""What a file of a model has otherwise than a run here, each with the change that settles it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from backend.datasets.schemas import Color, DatasetRead
from backend.model_files.beginning import beginning_of
from backend.model_files.ending import ending_of, softmax_over
from backend.model_files.schemas import VersionOfDataset
from backend.network.dialects import Entry, Model
from backend.network.dialects.changes import image_shape_of, preceded_by, row_length_of, with_config, without_layers
from backend.phrases import counted, size

COLORS: dict[int, Color] = {1: "grayscale", 3: "rgb"}
MAX_IMAGE_SIZE = 512
SCALED = {"unit": "to 0…1", "signed": "to −1…1", "standard": "by mean and deviation"}


@dataclass(frozen=True)
class Fix:
    """`apply` changes the model, `changes` are other values of the spec."""

    title: str
    text: str
    entries: list[Entry] = field(default_factory=list)
    apply: Callable[[Model], Model] | None = None
    changes: dict[str, Any] = field(default_factory=dict)
    version: VersionOfDataset | None = None


def fixes_for(model: Model, dataset: DatasetRead | None) -> list[Fix]:
    """Returns what one press each can settle, in the order of the model. A fix without a title is only a note."""
    found = [_size(model, dataset), _row(model), _beginning(model), _frozen(model), _ending(model, dataset)]
    return [fix for fix in found if fix]


def _size(model: Model, dataset: DatasetRead | None) -> Fix | None:
    """Offers a version of the dataset with images as the file takes them."""
    input_shape, image_shape = image_shape_of(model), dataset.image_shape if dataset else None
    if (
        not dataset
        or not image_shape
        or not input_shape
        or all(side in (None, have) for side, have in zip(input_shape, image_shape, strict=True))
    ):
        return None
    text = (
        f"The file takes images of {_size_text(input_shape)}, and those of {dataset.name} are {size(image_shape)}. "
        f"The network is built for {size(image_shape)}; its weights stay behind, so that any size can be trained."
    )
    side = input_shape[0]
    if dataset.origin == "built_in" or side is None or side != input_shape[1] or not 8 <= side <= MAX_IMAGE_SIZE:
        return Fix("", text)
    color = COLORS.get(input_shape[2] or 0) if input_shape[2] != image_shape[2] else None
    version = VersionOfDataset(dataset=dataset.name, image_size=side, color=color)
    return Fix(f"Make a version of {dataset.name} with {_size_text(input_shape)}", text, version=version)


def _row(model: Model) -> Fix | None:
    length = row_length_of(model)
    if length is None:
        return None
    text = f"The file takes {length:,} values in a row, and a run gives it images."
    return Fix("Put Flatten in front", text, apply=lambda model: preceded_by(model, "Flatten"))


def _size_text(shape: list[int | None]) -> str:
    return "×".join("any" if side is None else str(side) for side in shape)


def _beginning(model: Model) -> Fix | None:
    beginning = beginning_of(model)
    if not beginning.entries:
        return None
    names = [entry.name for entry in beginning.entries]
    title = "Leave it out" if len(names) == 1 else "Leave them out"
    if scaling := beginning.changes.get("preprocessing.scaling"):
        title += f" and scale {SCALED[scaling]}"
    if "augmentation" in beginning.changes:
        title += " and augment here"
    return Fix(title, beginning.text, beginning.entries, lambda model: without_layers(model, names), beginning.changes)


def _frozen(model: Model) -> Fix | None:
    frozen = [entry for entry in model.entries if entry.json["config"].get("trainable") is False and not entry.is_input]
    is_whole = model.config.get("trainable") is False
    if not frozen and not is_whole:
        return None
    number = counted(len(frozen), "layer") if frozen else "The model"
    verb = "is" if len(frozen) < 2 else "are"
    text = (
        f"{number[0].upper()}{number[1:]} {verb} frozen (trainable is false). Weights stay behind, and frozen layers "
        "would keep random ones."
    )

    def apply(model: Model) -> Model:
        result = with_config(model, {entry.name: {"trainable": True} for entry in frozen})
        result.config.pop("trainable", None)
        return result

    return Fix("Train all layers", text, frozen[:1], apply)


def _ending(model: Model, dataset: DatasetRead | None) -> Fix | None:
    ending = ending_of(model)
    if ending is None:
        return None
    known = len(dataset.classes) if dataset and dataset.classes else None
    classes = known or (2 if ending.width == 1 else ending.width)
    if classes is None or (ending.is_softmax and ending.width in (None, classes)):
        return None

    def apply(model: Model) -> Model:
        changed = ending_of(model)  # other changes may have come before
        return softmax_over(model, changed, classes) if changed else model

    if ending.is_softmax:
        text = f"The file has {ending.width:,} classes, and {dataset.name if dataset else 'a run'} has {classes:,}."
        return Fix(f"Set the last layer to {classes:,}", text, [ending.last], apply)
    text = f"{ending.text} A run here ends with a softmax: one class for each image."
    return Fix(f"End with a softmax over {'the ' if known else ''}{classes:,} classes", text, [ending.last], apply)
