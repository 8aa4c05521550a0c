"""Reads a model of any dialect into `Model`, layer by layer, with nested models inside their entries."""

from typing import Any

from backend.network.dialects import translations as table
from backend.network.dialects.entries import Entry, Json, Model, as_use, node, tensor
from backend.network.dialects.layer import Renamed, is_old_module, translated_class, translated_config
from backend.network.errors import impossible
from backend.network.layers import KINDS
from backend.network.names import automatic
from backend.network.plan import Loc
from backend.phrases import quoted
from backend.spec.model import MAX_LAYERS

MAX_NESTING = 6
MODEL_MODULE = "keras"
LAYER_MODULE = "keras.layers"


def read_model(model: Json, loc: Loc, renamed: Renamed, depth: int = 0) -> Model:
    """Returns the model with the layers of Keras 3.

    Raises:
        Impossible: it is no model with a list of layers.
    """
    config, layers_loc = _config(model, loc)
    entries = config.pop("layers")
    if depth > MAX_NESTING:
        raise impossible(f"models are nested deeper than the {MAX_NESTING} levels that are allowed", *loc)
    result = Model(table.MODELS[model["class_name"]] == "Sequential", config)
    result.entries = [_entry(entry, [*layers_loc, number], renamed, depth) for number, entry in enumerate(entries)]
    _name_all(result.entries)
    if result.sequential:
        _add_input(result, entries)
    return result


def _config(model: Json, loc: Loc) -> tuple[Json, Loc]:
    """Returns a copy of the config of a Sequential or functional model, and the place of its layers."""
    config = model.get("config")
    layers_loc = [*loc, "config"]
    if isinstance(config, list):  # of Sequential before Keras 2.2
        config = {"layers": config}
    else:
        layers_loc += ["layers"]
    if not isinstance(config, dict):
        raise impossible(f"must be an object; you gave {quoted(config)}", *loc, "config")
    layers = config.get("layers")
    if not isinstance(layers, list) or not 1 <= len(layers) <= MAX_LAYERS + 1:
        advice = ": leave out some of its blocks" if layers and isinstance(layers, list) else ""
        raise impossible(f"must be a list of 1 to {MAX_LAYERS} layers; you gave {quoted(layers)}{advice}", *layers_loc)
    return dict(config), layers_loc


def _entry(entry: Any, loc: Loc, renamed: Renamed, depth: int) -> Entry:
    if not isinstance(entry, dict):
        raise impossible(f"must be an object with class_name and config; you gave {quoted(entry)}", *loc)
    if not isinstance(entry.get("class_name"), str):
        message = f"must be the name of a layer's class; you gave {quoted(entry.get('class_name'))}"
        raise impossible(message, *loc, "class_name")
    entry = _of_keras_3(entry)
    if entry["class_name"] in table.MODELS:
        return Entry(entry, loc, read_model(entry, loc, renamed, depth + 1))
    if not isinstance(entry.get("config"), dict):
        raise impossible(f"must be an object; you gave {quoted(entry.get('config'))}", *loc, "config")
    return Entry(_layer(entry, renamed), loc)


def _of_keras_3(entry: Json) -> Json:
    """Returns the entry of a layer or a nested model with the module of Keras 3 and nodes as Keras 3 writes them."""
    result = dict(entry)
    is_unnamed = entry.get("module") is None and entry.get("registered_name") is None
    if is_unnamed or is_old_module(entry.get("module")):
        result["module"] = LAYER_MODULE
    if isinstance(entry.get("inbound_nodes"), list):
        result["inbound_nodes"] = [_node(old) for old in entry["inbound_nodes"]]
    return result


def _layer(entry: Json, renamed: Renamed) -> Json:
    old_class, config = entry["class_name"], entry["config"]
    if operation := _operation(entry):
        class_name, arguments = operation
        config = {"name": config.get("name", entry.get("name")), **arguments}
        entry = {**entry, "module": LAYER_MODULE, "registered_name": None}
    else:
        class_name = translated_class(old_class, config)
        config = translated_config(old_class, class_name, config, renamed)
    if class_name != old_class:
        renamed[old_class] = class_name
    if class_name in KINDS and KINDS[class_name].merges and isinstance(entry.get("inbound_nodes"), list):
        entry = {**entry, "inbound_nodes": [_joined_arguments(call) for call in entry["inbound_nodes"]]}
    if entry.get("registered_name") == old_class:
        entry = {**entry, "registered_name": class_name}
    return {**entry, "class_name": class_name, "config": config}


def _operation(entry: Json) -> tuple[str, Json] | None:
    """Returns the layer that does the same as an operation on tensors; None for what is no operation, or has none."""
    module, config = entry.get("module"), entry["config"]
    if entry["class_name"] == "TFOpLambda":
        found = table.OPERATIONS.get(str(config.get("function")))
    elif isinstance(module, str) and module.startswith("keras.src.ops."):
        found = table.OPERATIONS.get(entry["class_name"])
    else:
        return None
    nodes = entry.get("inbound_nodes")
    takes_numbers = isinstance(nodes, list) and any(_has_number(call) for call in nodes)
    return None if takes_numbers else found


def _has_number(value: Any) -> bool:
    """True where an operation is called with a number beside its tensor, as in `x / 127.5`."""
    parts = [*value.get("args", ()), *value.get("kwargs", {}).values()] if _is_call(value) else ()
    return any(isinstance(part, int | float) and not isinstance(part, bool) for part in parts)


def _joined_arguments(value: Any) -> Any:
    """Returns a call with two tensors as one with a list of them, which is what a layer takes."""
    is_pair = _is_call(value) and len(value["args"]) > 1 and not _has_number(value)
    return node(value["args"]) if is_pair else value


def _is_call(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("args"), list) and isinstance(value.get("kwargs", {}), dict)


def _node(old: Any) -> Any:
    """Returns one call of a layer as Keras 3 writes it. Before, it was [[name, use, tensor, arguments], …]."""
    if not isinstance(old, list) or not old:
        return old
    tensors = [old] if isinstance(old[0], str) else old
    uses = [as_use(part) for part in tensors]
    if None in uses:
        return old
    kwargs = next((part[3] for part in tensors if len(part) > 3 and isinstance(part[3], dict)), {})
    inputs = [tensor(*use) for use in uses if use]
    further = {key: use for key, value in kwargs.items() if (use := as_use(value))}
    inputs += [tensor(*use) for use in further.values()]
    return node(inputs, {key: value for key, value in kwargs.items() if key not in further and value is not None})


def _name_all(entries: list[Entry]) -> None:
    """Gives each layer without a name the name that Keras would give it."""
    taken = {entry.name for entry in entries}
    for entry in entries:
        if not entry.name:
            name = automatic(entry.json["class_name"], taken)
            taken.add(name)
            entry.rename(name)


def _add_input(model: Model, entries: list[Any]) -> None:
    """Puts an input layer in front where the first layer has the shape of the images, as before Keras 2.2."""
    config, first = entries[0]["config"], model.entries[0]
    shape = config.get("batch_input_shape") if isinstance(config, dict) else None
    if isinstance(shape, list) and not first.is_input:
        json = {"module": LAYER_MODULE, "class_name": "InputLayer", "config": {"name": "image", "batch_shape": shape}}
        model.entries.insert(0, Entry(json, first.origin))
