"""What `model.to_json()` gives of a Sequential or functional model: checked key by key; nothing of it is called."""

from collections.abc import Sequence
from typing import Any

from backend.errors import FieldError
from backend.network.errors import Impossible, impossible
from backend.network.graph import graph
from backend.network.names import NAME
from backend.network.phrases import listed, shown, size
from backend.network.plan import Draft, Loc, Plan, draft, stacked
from backend.spec.model import MAX_LAYERS

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


def plan(given: dict[str, Any], image_shape: Sequence[int]) -> Plan:
    """The plan of a model in Keras' JSON.

    Raises:
        Impossible: something in it is not allowed, or is not what Keras writes.
    """
    _check_envelope(given, MODEL_KEYS, MODELS, MODEL_MODULES, ROOT)
    config, loc = given["config"], [*ROOT, "config"]
    _check_keys(config, CONFIG_KEYS, loc)
    entries = config.get("layers")
    if not isinstance(entries, list) or not 1 <= len(entries) <= MAX_LAYERS + 1:
        raise impossible(f"must be a list of 1 to {MAX_LAYERS} layers; you gave {shown(entries)}", *loc, "layers")
    name = _model_name(config)
    if config.get("trainable", True) is not True:
        raise impossible("the model is not trainable, so there is nothing to train: set trainable to true", *loc)
    inputs = [number for number, entry in enumerate(entries) if _is_input(entry)]
    for number in inputs:
        _check_input(entries[number], image_shape, [*loc, "layers", number])
    if given["class_name"] == "Sequential":
        return _sequential(name, config, inputs, image_shape)
    return graph(name, config, inputs, _drafts(entries, inputs))


def _sequential(name: str, config: dict[str, Any], inputs: list[int], image_shape: Sequence[int]) -> Plan:
    if inputs not in ([], [0]):
        raise impossible("an InputLayer may only be the first layer", *ROOT, "config", "layers", inputs[-1])
    if "build_input_shape" in config:
        _check_shape(config["build_input_shape"], image_shape, [*ROOT, "config", "build_input_shape"])
    drafts = _drafts(config["layers"], inputs)
    if not drafts:
        raise impossible("there is no layer but the input", *ROOT, "config", "layers")
    return stacked(name, list(drafts.values()))


def _drafts(entries: list[Any], inputs: Sequence[int]) -> dict[int, Draft]:
    """The layers but the inputs, by their place in the list; what is wrong with all of them at once."""
    drafts: dict[int, Draft] = {}
    wrong: list[FieldError] = []
    for number, entry in enumerate(entries):
        if number in inputs:
            continue
        try:
            drafts[number] = _draft(entry, [*ROOT, "config", "layers", number])
        except Impossible as impossible_layer:
            wrong += impossible_layer.errors
    if wrong:
        raise Impossible(wrong)
    return drafts


def _draft(entry: Any, loc: Loc) -> Draft:
    _check_envelope(entry, LAYER_KEYS, None, LAYER_MODULES, loc)
    name = entry["config"].get("name")
    noun = f"layer {name}, {entry['class_name']}" if isinstance(name, str) else f"layer {loc[-1]}"
    made = draft(entry["class_name"], entry["config"], noun[:200], loc)
    if made.values["name"] is None or entry.get("name", made.values["name"]) != made.values["name"]:
        raise impossible("must be named, and by the same name in its config", *loc, "name")
    return made


def _check_envelope(
    entry: Any, keys: Sequence[str], classes: Sequence[str] | None, modules: Sequence[str], loc: Loc
) -> None:
    """That an object is of Keras' own: class, module, and nobody's registered name."""
    if not isinstance(entry, dict):
        raise impossible(f"must be an object with class_name and config; you gave {shown(entry)}", *loc)
    _check_class(entry, classes, modules, loc)
    _check_keys(entry, keys, loc)
    if not isinstance(entry.get("config"), dict):
        raise impossible(f"must be an object; you gave {shown(entry.get('config'))}", *loc, "config")


def _check_class(entry: dict[str, Any], classes: Sequence[str] | None, modules: Sequence[str], loc: Loc) -> None:
    name, module, registered = (entry.get(key) for key in ("class_name", "module", "registered_name"))
    if not isinstance(name, str) or (classes and name not in classes):
        allowed = f"one of {listed(classes)}" if classes else "the name of a layer's class"
        raise impossible(f"must be {allowed}; you gave {shown(name)}", *loc, "class_name")
    if registered not in (None, name):
        raise impossible(f"{shown(registered)} is a class that somebody registered; allowed are Keras' own", *loc)
    if not isinstance(module, str) or not _is_inside(module, modules):
        raise impossible(
            f"{name[:60]} is of the module {shown(module)}; allowed is Keras' own {' or '.join(modules[:2])}",
            *[*loc, "module"],
        )


def _is_inside(module: str, modules: Sequence[str]) -> bool:
    return module in modules or module.startswith(f"{modules[-1]}.")


def _check_keys(entry: dict[str, Any], keys: Sequence[str], loc: Loc) -> None:
    for key in entry:
        if key not in keys and entry[key] is not None:
            raise impossible(f"there is no such key in what to_json() gives; allowed here: {listed(keys)}", *loc, key)


def _model_name(config: dict[str, Any]) -> str:
    name = config.get("name", "keras")
    if not isinstance(name, str) or not NAME.fullmatch(name):
        message = f"must be a name of at most 128 letters, digits, dots, dashes and underscores; you gave {shown(name)}"
        raise impossible(message, *ROOT, "config", "name")
    return name


def _is_input(entry: Any) -> bool:
    return isinstance(entry, dict) and entry.get("class_name") == "InputLayer"


def _check_input(entry: dict[str, Any], image_shape: Sequence[int], loc: Loc) -> None:
    """An input takes the dataset's images in batches of any size, whatever size it was fixed to."""
    _check_envelope(entry, LAYER_KEYS, None, LAYER_MODULES, loc)
    config = entry["config"]
    if config.get("sparse") or config.get("ragged") or config.get("optional"):
        raise impossible("an input must be dense and needed: not sparse, ragged or optional", *loc, "config")
    dtype = config.get("dtype")
    if isinstance(dtype, list | dict) or dtype not in INPUT_DTYPES:
        raise impossible(f"images come as float32; you gave {shown(dtype)}", *loc, "config", "dtype")
    key = "batch_shape" if "batch_shape" in config else "shape"
    given = config.get(key)
    _check_shape(given if key == "batch_shape" else [None, given], image_shape, [*loc, "config", key])


def _check_shape(given: Any, image_shape: Sequence[int], loc: Loc) -> None:
    """A batch's shape, where null stands for any size."""
    sides = given[1:] if isinstance(given, list) and len(given) == len(image_shape) + 1 else None
    if sides is None or any(side not in (None, wanted) for side, wanted in zip(sides, image_shape, strict=True)):
        wanted = size(image_shape)
        raise impossible(f"the dataset's images are {wanted}, and the model takes {shown(given)}", *loc)
