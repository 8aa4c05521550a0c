"""Layers before the network proper: scaling and augmentation, which a run has outside of its network."""

import math
from dataclasses import dataclass, field
from typing import Any

from backend.network.dialects import Entry, Model
from backend.network.dialects.changes import input_of
from backend.phrases import listed

SCALING = ("Rescaling", "Normalization", "TFOpLambda", "TrueDivide", "Subtract", "Multiply", "Add", "Lambda")
SIZES = ("Resizing", "CenterCrop")
AUGMENTATION = {
    "RandomFlip": ("horizontal_flip", "vertical_flip"),
    "RandomRotation": ("rotation",),
    "RandomZoom": ("zoom",),
    "RandomTranslation": ("height_shift", "width_shift"),
    "RandomContrast": ("contrast",),
    "RandomBrightness": ("brightness",),
}
FACTORS = {"rotation": "factor", "contrast": "factor", "brightness": "factor", "zoom": "height_factor",
           "height_shift": "height_factor", "width_shift": "width_factor"}  # fmt: skip
DEGREES = 360
SCALES = {"unit": (1 / 255, 0.0), "signed": (1 / 127.5, -1.0)}


@dataclass(frozen=True)
class Beginning:
    """`entries` are the layers; `changes` are values of the spec that do the same."""

    entries: list[Entry]
    changes: dict[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        names = listed(dict.fromkeys(entry.json["class_name"] for entry in self.entries))
        code = " Lambda is Python code, which is never run." if "Lambda" in names else ""
        return (
            f"The file begins with {names}. Here images are scaled and augmented before they come to the network.{code}"
        )


def beginning_of(model: Model) -> Beginning:
    """Returns the layers from the input on that scale, resize or augment images."""
    entries: list[Entry] = []
    place: Entry | None = model.inputs[0] if model.inputs else None
    for entry in model.entries:  # in the order of the calls, as Keras writes them
        if entry.is_input:
            continue
        if not _is_preparation(entry) or input_of(model, entry) is not place:
            break
        entries.append(entry)
        place = entry
    return Beginning(entries, _changes(entries))


def _is_preparation(entry: Entry) -> bool:
    class_name = entry.json["class_name"]
    is_layer = class_name in ("Add", "Multiply", "Subtract") and entry.json.get("module") == "keras.layers"
    return not is_layer and (class_name in SCALING or class_name in SIZES or class_name.startswith("Random"))


def _changes(entries: list[Entry]) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    if any(entry.json["class_name"] in SCALING for entry in entries):
        changes["preprocessing.scaling"] = _scaling(entries)
    augmentation: dict[str, Any] = {}
    for entry in entries:
        augmentation |= _augmentation(entry)
    return {**changes, "augmentation": augmentation} if augmentation else changes


def _scaling(entries: list[Entry]) -> str:
    """Returns the scaling that does the same as the layers, or `unit` where none does."""
    scale, offset = 1.0, 0.0
    for entry in entries:
        if entry.json["class_name"] == "Normalization":
            return "standard"
        step, shift = _step(entry)
        scale, offset = scale * step, offset * step + shift
    found = (
        name
        for name, (step, shift) in SCALES.items()
        if math.isclose(scale, step, rel_tol=1e-3) and abs(offset - shift) < 0.01
    )
    return next(found, "unit")


def _step(entry: Entry) -> tuple[float, float]:
    """Returns the factor and the offset of one layer."""
    class_name, config = entry.json["class_name"], entry.json["config"]
    if class_name == "Rescaling":
        return _number(config.get("scale"), 1.0), _number(config.get("offset"), 0.0)
    value = _operand(entry)
    operation = str(config.get("function", class_name)).lower().removeprefix("math.").replace("_", "")
    if operation in ("truediv", "truedivide", "divide", "operators.truediv") and value:
        return 1 / value, 0.0
    if operation in ("subtract", "operators.sub"):
        return 1.0, -value
    return (value or 1.0, 0.0) if operation == "multiply" else (1.0, value)


def _operand(entry: Entry) -> float:
    """Returns the number beside the tensor of an operation, as 127.5 in x / 127.5."""
    call = entry.nodes[0] if entry.nodes and isinstance(entry.nodes[0], dict) else {}
    kwargs = call.get("kwargs")
    values = [*(call.get("args") or []), *(kwargs.values() if isinstance(kwargs, dict) else [])]
    return next(
        (float(value) for value in values if isinstance(value, int | float) and not isinstance(value, bool)), 0.0
    )


def _augmentation(entry: Entry) -> dict[str, Any]:
    class_name, config = entry.json["class_name"], entry.json["config"]
    if class_name == "RandomFlip":
        mode = str(config.get("mode", "horizontal_and_vertical"))
        return {f"{side}_flip": True for side in ("horizontal", "vertical") if side in mode}
    values: dict[str, Any] = {}
    for name in AUGMENTATION.get(class_name, ()):
        factor = config.get(FACTORS[name])
        largest = (
            max((abs(_number(part, 0.0)) for part in factor), default=0.0)
            if isinstance(factor, list)
            else abs(_number(factor, 0.0))
        )
        values[name] = min(round(largest * DEGREES, 3), 180.0) if name == "rotation" else min(largest, 0.99)
    return values


def _number(value: Any, default: float) -> float:
    return (
        float(value)
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        else default
    )
