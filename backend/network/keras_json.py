"""Reads what `model.to_json()` gives for a Sequential or functional model, key by key. Nothing in it is called."""

from collections.abc import Sequence
from typing import Any

from backend.errors import FieldError
from backend.network.dialects import to_keras_3
from backend.network.errors import Impossible, impossible
from backend.network.graph import graph
from backend.network.layers import OPERATION
from backend.network.names import NAME
from backend.network.plan import Draft, Loc, Plan, draft, stacked
from backend.phrases import listed, quoted, size

ROOT: Loc = ["model", "keras"]
MODELS = ("Sequential", "Functional", "Model")
MODEL_MODULES = ("keras", "keras.models", "keras.src.models")
LAYER_MODULES = ("keras.layers", "keras.src.layers")
MODEL_KEYS = (
    *("module", "class_name", "config", "registered_name", "build_config", "compile_config"),
    *("keras_version", "backend"),
)
CONFIG_KEYS = ("name", "trainable", "dtype", "layers", "input_layers", "output_layers", "build_input_shape")
LAYER_KEYS = ("module", "class_name", "config", "registered_name", "build_config", "name", "inbound_nodes")
INPUT_DTYPES = ("float32", "float16", "bfloat16", None)


def plan(model: dict[str, Any], image_shape: Sequence[int]) -> Plan:
    """Returns the plan of a model in Keras' JSON.

    Raises:
        Impossible: something in it is not allowed, or is not what Keras writes.
    """
    translated = to_keras_3(model, ROOT)
    try:
        return plan_of_keras_3(translated.json, image_shape)
    except Impossible as error:
        raise translated.located(error) from None


def plan_of_keras_3(model: dict[str, Any], image_shape: Sequence[int]) -> Plan:
    """Returns the plan of a model whose old spellings are translated."""
    _check_envelope(model, MODEL_KEYS, MODELS, MODEL_MODULES, ROOT)
    config, loc = model["config"], [*ROOT, "config"]
    _check_keys(config, CONFIG_KEYS, loc)
    entries = config["layers"]
    name = _model_name(config)
    if config.get("trainable", True) is not True:
        raise impossible("the model is not trainable, so there is nothing to train: set trainable to true", *loc)
    inputs = [number for number, entry in enumerate(entries) if _is_input(entry)]
    drafts = _drafts(entries, inputs, image_shape)
    if model["class_name"] == "Sequential":
        return _sequential(name, config, inputs, drafts, image_shape)
    return graph(name, config, inputs, drafts)


def _sequential(
    name: str, config: dict[str, Any], inputs: list[int], drafts: dict[int, Draft], image_shape: Sequence[int]
) -> Plan:
    if inputs not in ([], [0]):
        raise impossible("an InputLayer may only be the first layer", *ROOT, "config", "layers", inputs[-1])
    if "build_input_shape" in config:
        _check_shape(config["build_input_shape"], image_shape, [*ROOT, "config", "build_input_shape"])
    if not drafts:
        raise impossible("the model has no layer after its input", *ROOT, "config", "layers")
    return stacked(name, list(drafts.values()))


def _drafts(entries: list[Any], inputs: Sequence[int], image_shape: Sequence[int]) -> dict[int, Draft]:
    """Returns the layers apart from the inputs, by their place in the list. Raises the errors of all together."""
    drafts: dict[int, Draft] = {}
    errors: list[FieldError] = []
    for number, entry in enumerate(entries):
        loc = [*ROOT, "config", "layers", number]
        try:
            if number in inputs:
                _check_input(entry, image_shape, loc)
            else:
                drafts[number] = _draft(entry, loc)
        except Impossible as impossible_layer:
            errors += impossible_layer.errors
    if errors:
        raise Impossible(errors)
    return drafts


def _draft(entry: Any, loc: Loc) -> Draft:
    _check_envelope(entry, LAYER_KEYS, None, LAYER_MODULES, loc)
    name = entry["config"].get("name")
    noun = f"layer {name}, {entry['class_name']}" if isinstance(name, str) else f"layer {loc[-1]}"
    layer = draft(entry["class_name"], entry["config"], noun[:200], loc)
    if layer.values["name"] is None or entry.get("name", layer.values["name"]) != layer.values["name"]:
        raise impossible("must be named, and by the same name in its config", *loc, "name")
    return layer


def _check_envelope(
    entry: Any, keys: Sequence[str], classes: Sequence[str] | None, modules: Sequence[str], loc: Loc
) -> None:
    """Checks that an object is one of Keras' own by class, module and registered name."""
    if not isinstance(entry, dict):
        raise impossible(f"must be an object with class_name and config; you gave {quoted(entry)}", *loc)
    _check_class(entry, classes, modules, loc)
    _check_keys(entry, keys, loc)
    if not isinstance(entry.get("config"), dict):
        raise impossible(f"must be an object; you gave {quoted(entry.get('config'))}", *loc, "config")


def _check_class(entry: dict[str, Any], classes: Sequence[str] | None, modules: Sequence[str], loc: Loc) -> None:
    name, module, registered = (entry.get(key) for key in ("class_name", "module", "registered_name"))
    if not isinstance(name, str) or (classes and name not in classes):
        allowed = f"one of {listed(classes)}" if classes else "the name of a layer's class"
        raise impossible(f"must be {allowed}; you gave {quoted(name)}", *loc, "class_name")
    if registered not in (None, name):
        raise impossible(f"{quoted(registered)} is a registered class; allowed are Keras' own", *loc)
    if isinstance(module, str) and module.startswith("keras.src.ops"):
        raise impossible(f"{name[:60]} {OPERATION}", *loc, "class_name")
    if not isinstance(module, str) or not _is_inside(module, modules):
        raise impossible(
            f"{name[:60]} is of the module {quoted(module)}; allowed is Keras' own {' or '.join(modules[:2])}",
            *[*loc, "module"],
        )


def _is_inside(module: str, modules: Sequence[str]) -> bool:
    return module in modules or module.startswith(f"{modules[-1]}.")


def _check_keys(entry: dict[str, Any], keys: Sequence[str], loc: Loc) -> None:
    for key in entry:
        if key not in keys and entry[key] is not None:
            raise impossible(f"to_json() has no such key; allowed: {listed(keys)}", *loc, key)


def _model_name(config: dict[str, Any]) -> str:
    name = config.get("name", "keras")
    if not isinstance(name, str) or not NAME.fullmatch(name):
        message = (
            f"must be a name of at most 128 letters, digits, dots, dashes and underscores; you gave {quoted(name)}"
        )
        raise impossible(message, *ROOT, "config", "name")
    return name


def _is_input(entry: Any) -> bool:
    return isinstance(entry, dict) and entry.get("class_name") == "InputLayer"


def _check_input(entry: dict[str, Any], image_shape: Sequence[int], loc: Loc) -> None:
    """Checks that an input takes the dataset's images. Its batch size is ignored."""
    _check_envelope(entry, LAYER_KEYS, None, LAYER_MODULES, loc)
    config = entry["config"]
    if config.get("sparse") or config.get("ragged") or config.get("optional"):
        raise impossible("an input must be dense and needed: not sparse, ragged or optional", *loc, "config")
    dtype = config.get("dtype")
    if isinstance(dtype, list | dict) or dtype not in INPUT_DTYPES:
        raise impossible(f"images come as float32; you gave {quoted(dtype)}", *loc, "config", "dtype")
    key = "batch_shape" if "batch_shape" in config else "shape"
    shape = config.get(key)
    _check_shape(shape if key == "batch_shape" else [None, shape], image_shape, [*loc, "config", key])


def _check_shape(batch_shape: Any, image_shape: Sequence[int], loc: Loc) -> None:
    """Checks the shape of a batch, in which null stands for any size."""
    sides = batch_shape[1:] if isinstance(batch_shape, list) and len(batch_shape) == len(image_shape) + 1 else None
    if sides is None or any(side not in (None, length) for side, length in zip(sides, image_shape, strict=True)):
        raise impossible(
            f"the dataset's images are {size(image_shape)}, and the model takes {quoted(batch_shape)}", *loc
        )
