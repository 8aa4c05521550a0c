"""Changes of a model that is already in the form of Keras 3. Each returns a new model."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from backend.network.dialects.entries import Entry, Json, Model, Use, end_of, node, replaced, tensor, uses_in
from backend.network.dialects.flatten import END
from backend.network.names import automatic


def output_of(model: Model) -> Entry | None:
    """Returns the layer whose output is the model's."""
    if model.sequential:
        return model.entries[-1]
    end = end_of(model.config, END)
    return next((entry for entry in model.entries if end and entry.name == end[0]), None)


def input_of(model: Model, entry: Entry) -> Entry | None:
    """Returns the layer whose output `entry` takes first; None at the beginning."""
    if model.sequential:
        place = model.entries.index(entry)
        return model.entries[place - 1] if place else None
    uses = uses_in(entry.nodes[:1])
    return next((other for other in model.entries if uses and other.name == uses[0][0]), None)


def with_config(model: Model, changes: Mapping[str, Json]) -> Model:
    """Returns the model with arguments of layers changed, by the layers' names."""
    entries = [
        Entry({**entry.json, "config": {**entry.json["config"], **changes.get(entry.name, {})}}, entry.origin)
        for entry in model.entries
    ]
    return Model(model.sequential, dict(model.config), entries)


def without_layers(model: Model, names: Collection[str]) -> Model:
    """Returns the model without layers that have one input each; what took their output takes their input."""
    inputs = _inputs_of(model, names)

    def earlier(use: Use) -> Use:
        for _ in inputs:  # not longer, because two layers of one name could take each other's output
            use = inputs.get(use, use)
        return use

    entries = [
        Entry(
            {**entry.json, "inbound_nodes": replaced(entry.nodes, earlier)} if entry.nodes else entry.json, entry.origin
        )
        for entry in model.entries
        if entry.name not in names
    ]
    config, end = dict(model.config), end_of(model.config, END)
    if end in inputs:
        config[END] = [*earlier(end), 0]
    return Model(model.sequential, config, entries)


def _inputs_of(model: Model, names: Collection[str]) -> dict[Use, Use]:
    """Returns what each call of the named layers takes, by its output."""
    return {
        (entry.name, number): uses_in(call)[0]
        for entry in model.entries
        if entry.name in names
        for number, call in enumerate(entry.nodes)
        if uses_in(call)
    }


def preceded_by(model: Model, class_name: str) -> Model:
    """Returns the model with a layer between its input and those that take the input."""
    name = automatic(class_name, {entry.name for entry in model.entries})
    config: Json = {"name": name}
    json: Json = {"module": "keras.layers", "class_name": class_name, "config": config}
    source = model.inputs[0] if model.inputs else None
    if model.sequential or source is None:
        place = len(model.inputs)
        return Model(model.sequential, dict(model.config), [*model.inputs, Entry(json, []), *model.entries[place:]])
    start = (source.name, 0)
    entries = [
        Entry(
            {**entry.json, "inbound_nodes": replaced(entry.nodes, lambda use: (name, 0) if use == start else use)},
            entry.origin,
        )
        for entry in model.entries
    ]
    json |= {"name": name, "inbound_nodes": [node([tensor(*start)])]}
    place = model.entries.index(source) + 1
    return Model(False, dict(model.config), [*entries[:place], Entry(json, []), *entries[place:]])


def followed_by(model: Model, layers: Sequence[tuple[str, Json]]) -> Model:
    """Returns the model with layers after its output."""
    result = Model(model.sequential, dict(model.config), list(model.entries))
    for class_name, config in layers:
        name, output = automatic(class_name, {entry.name for entry in result.entries}), output_of(result)
        json: dict[str, Any] = {"module": "keras.layers", "class_name": class_name, "config": {"name": name, **config}}
        if not model.sequential and output:
            end = end_of(result.config, END) or (output.name, 0)
            json |= {"name": name, "inbound_nodes": [node([tensor(*end)])]}
            result.config[END] = [name, 0, 0]
        result.entries.append(Entry(json, output.origin if output else []))
    return result


def with_image_shape(model: Model, shape: Sequence[int]) -> Model:
    """Returns the model for images of another shape."""
    batch = [None, *shape]
    result = with_config(model, {entry.name: {"batch_shape": batch} for entry in model.inputs})
    for entry in result.inputs:
        entry.json["config"].pop("shape", None)
    result.config.pop("build_input_shape", None)
    return result


def image_shape_of(model: Model) -> list[int | None] | None:
    """Returns (height, width, channels) of the model's input, null for any; None where it takes no images."""
    config = model.inputs[0].json["config"] if model.inputs else {}
    batch = config.get("batch_shape") or model.config.get("build_input_shape")
    shape = batch[1:] if isinstance(batch, list) else config.get("shape")
    sides = [*shape, None][:3] if isinstance(shape, list) and len(shape) in (2, 3) else []
    return sides if sides and all(_is_side(side) for side in sides) else None


def row_length_of(model: Model) -> int | None:
    """Returns the number of values of a model that takes them in a row, such as 784; None for images."""
    config = model.inputs[0].json["config"] if model.inputs else {}
    batch = config.get("batch_shape")
    shape = batch[1:] if isinstance(batch, list) else config.get("shape")
    return shape[0] if isinstance(shape, list) and len(shape) == 1 and _is_side(shape[0]) else None


def _is_side(side: Any) -> bool:
    return side is None or (isinstance(side, int) and not isinstance(side, bool))
