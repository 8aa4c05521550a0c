"""What a model ends with: a softmax over the classes, or something else that one change makes one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from backend.network.dialects import Entry, Model
from backend.network.dialects.changes import followed_by, input_of, output_of, with_config
from backend.phrases import counted

WIDTHS = {"Dense": "units", "Conv2D": "filters", "SeparableConv2D": "filters"}
ONE_ROW = ("Flatten", "GlobalAveragePooling2D", "GlobalMaxPooling2D", "Dense")
"""Layers after which an image is one row of values."""
REARRANGING = ("Flatten", "Reshape", "Dropout", "Identity")
GLOBAL = ("GlobalAveragePooling2D", "GlobalMaxPooling2D")
TRANSPARENT = (*REARRANGING, "Activation", "Softmax", *GLOBAL)


@dataclass(frozen=True)
class Ending:
    """`last` gives the output, `wide` sets its number of values, and `active` has the last activation, if any has."""

    last: Entry
    wide: Entry | None
    active: Entry | None

    @property
    def width(self) -> int | None:
        width = self.wide.json["config"].get(WIDTHS[self.wide.json["class_name"]]) if self.wide else None
        return width if isinstance(width, int) and not isinstance(width, bool) else None

    @property
    def activation(self) -> str | None:
        if self.active is None:
            return None
        if self.active.json["class_name"] == "Softmax":
            return "softmax"
        activation = self.active.json["config"].get("activation")
        return activation if isinstance(activation, str) else None

    @property
    def is_softmax(self) -> bool:
        return self.active is self.last and self.activation == "softmax"

    @property
    def text(self) -> str:
        """What the file ends with, as a sentence; empty for a softmax."""
        if self.is_softmax:
            return ""
        if self.activation == "softmax":
            return f"The file ends with {self.last.json['class_name']}, after its softmax."
        if self.wide is None:
            return (
                f"The file ends with {self.last.json['class_name']}: features without a layer that tells classes apart."
            )
        if self.activation == "sigmoid" and self.width == 1:
            return "The file ends with one sigmoid, which tells two classes apart."
        if self.activation == "sigmoid":
            return f"The file ends with {counted(self.width or 0, 'sigmoid')}, which give an image several labels."
        if self.activation in (None, "linear") and self.width == 1:
            return "The file ends with one number: that of a regression, or the logit of two classes."
        if self.activation in (None, "linear"):
            return "The file ends with logits: values without a softmax."
        return f"The file ends with the activation {self.activation}."


def ending_of(model: Model) -> Ending | None:
    """Returns what a model ends with; None where its output is not one layer's."""
    last = output_of(model)
    if last is None or last.is_input:
        return None
    return Ending(last, _wide(model, last), _active(model, last))


def softmax_over(model: Model, ending: Ending, classes: int) -> Model:
    """Returns the model with a softmax over `classes` at its end."""
    if ending.wide is None:
        end = ("Dense", {"units": classes, "activation": "softmax"})
        return followed_by(model, [end] if _is_one_row(model, ending.last) else [("GlobalAveragePooling2D", {}), end])
    changes: dict[str, dict[str, Any]] = {ending.wide.name: {WIDTHS[ending.wide.json["class_name"]]: classes}}
    if ending.is_softmax:
        return with_config(model, changes)
    is_last = ending.active is None or ending.active is ending.last
    if is_last and (ending.last is ending.wide or ending.last.json["class_name"] == "Activation"):
        changes.setdefault(ending.last.name, {})["activation"] = "softmax"
        return with_config(model, changes)
    if ending.active and not is_last:  # the softmax moves behind the layers that only rearrange values
        changes.setdefault(ending.active.name, {})["activation"] = "linear"
    return followed_by(with_config(model, changes), [("Activation", {"activation": "softmax"})])


def _active(model: Model, last: Entry) -> Entry | None:
    """Returns the layer with the last activation, seen through layers that only rearrange values."""
    entry: Entry | None = last
    for _ in model.entries:
        if entry is None or entry.json["class_name"] not in REARRANGING:
            break
        entry = input_of(model, entry)
    is_active = entry and (entry.json["class_name"] == "Softmax" or "activation" in entry.json["config"])
    return entry if is_active else None


def _wide(model: Model, last: Entry) -> Entry | None:
    """Returns the layer that sets the number of outputs; None where it is one of many, as in a model without a top."""
    entry: Entry | None = last
    after: list[Entry] = []
    while entry and len(after) <= len(model.entries):
        class_name = entry.json["class_name"]
        if class_name in WIDTHS:
            return entry if class_name == "Dense" or _is_head(entry, after) else None
        if class_name not in TRANSPARENT:
            return None
        after.append(entry)
        entry = input_of(model, entry)
    return None


def _is_head(entry: Entry, after: Sequence[Entry]) -> bool:
    """True for a convolution that gives the classes: it or what follows is a softmax, or a global pooling follows."""
    active = [layer.json["config"].get("activation") for layer in (entry, *after)]
    return "softmax" in active or any(layer.json["class_name"] in ("Softmax", *GLOBAL) for layer in after)


def _is_one_row(model: Model, last: Entry) -> bool:
    entry: Entry | None = last
    for _ in model.entries:
        if entry is None or entry.json["class_name"] in ONE_ROW:
            break
        entry = input_of(model, entry)
    return entry is not None and entry.json["class_name"] in ONE_ROW
