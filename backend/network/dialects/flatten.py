"""Flattens models in a model: the layers inside take the place of the model, once for each of its uses."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from backend.network.dialects.entries import Entry, Model, Use, end_of, node, replaced, tensor, uses_in
from backend.network.errors import impossible
from backend.spec.model import MAX_LAYERS

MAX_USES = 1_000
END = "output_layers"


def flatten(model: Model) -> Model:
    """Returns the model without models inside; the same model where there are none.

    Raises:
        Impossible: a model inside has several inputs or outputs, or there are too many layers.
    """
    if not any(entry.inner for entry in model.entries):
        return model
    graph = as_graph(model)
    taken = {entry.name for entry in graph.entries}
    ends: dict[Use, Use] = {}
    entries: list[Entry] = []
    for entry in graph.entries:
        entries += _opened(entry, entry.inner, graph, taken, ends) if entry.inner else [entry]
    if not 1 <= len(entries) <= MAX_LAYERS + 1:
        what = f"the model and those inside have {len(entries):,} layers"
        raise impossible(f"{what}; allowed are 1 to {MAX_LAYERS}", *model.entries[0].origin)
    for entry in entries:
        entry.json["inbound_nodes"] = [replaced(call, lambda use: _followed(use, ends)) for call in entry.nodes]
    if not any(entry.is_input for entry in entries):
        entries.insert(0, _input_of(graph))
    output = end_of(graph.config, END)
    config = {**graph.config, END: [*_followed(output, ends), 0] if output else graph.config.get(END)}
    return Model(False, config, entries)


def as_graph(model: Model) -> Model:
    """Returns a Sequential model as a functional one, in which each layer names its input."""
    if not model.sequential:
        return Model(False, dict(model.config), [_copied(entry) for entry in model.entries])
    layers = [_copied(entry) for entry in model.entries if not entry.is_input]
    source = model.inputs[0] if model.inputs else _input_of(model)
    before = source.name
    for entry in layers:
        entry.json |= {"name": entry.name, "inbound_nodes": [node([tensor(before)])]}
        before = entry.name
    start = Entry({**source.json, "name": source.name, "inbound_nodes": []}, source.origin)
    kept = {key: value for key, value in model.config.items() if key != "build_input_shape"}
    config = {**kept, "input_layers": [source.name, 0, 0], END: [before, 0, 0]}
    return Model(False, config, [start, *layers])


def as_stack(model: Model) -> Model:
    """Returns a functional model whose layers form a chain as a Sequential one; any other as it is."""
    before = (model.inputs[0].name, 0) if len(model.inputs) == 1 else None
    for entry in model.entries:
        if entry.is_input:
            continue
        if before is None or len(entry.nodes) != 1 or uses_in(entry.nodes[0]) != [before]:
            return model
        before = (entry.name, 0)
    if end_of(model.config, END) != before:
        return model
    config = {key: value for key, value in model.config.items() if key not in ("input_layers", END)}
    return Model(True, config, [*model.inputs, *(entry for entry in model.entries if not entry.is_input)])


def _opened(entry: Entry, model: Model, outer: Model, taken: set[str], ends: dict[Use, Use]) -> list[Entry]:
    """Returns the layers of a nested model under names that are free, and notes in `ends` what its uses end with."""
    inner = as_graph(flatten(model))
    output = end_of(inner.config, END)
    if len(inner.inputs) != 1 or output is None:
        raise impossible("a model inside a model may have one input and one output only", *entry.origin)
    names, source = _free_names(inner, entry.name, taken), inner.inputs[0].name
    layers = [layer for layer in inner.entries if not layer.is_input]
    uses = {layer.name: len(layer.nodes) for layer in layers}
    calls = [_caller(entry, call) for call in entry.nodes]
    if len(calls) * sum(uses.values()) > MAX_USES:
        raise impossible(f"its layers are used more than {MAX_USES:,} times", *entry.origin)
    moves = [partial(_moved, number, call, source, names, uses) for number, call in enumerate(calls)]
    first = _first_use(entry.name, len(calls), outer)
    for number, move in enumerate(moves):
        ends[entry.name, first + number] = move(output)
    for layer in layers:
        layer.json["inbound_nodes"] = [replaced(call, move) for move in moves for call in layer.nodes]
        layer.rename(names[layer.name])
    return layers


def _caller(entry: Entry, call: Any) -> Use:
    """Returns the only input of one call of a nested model."""
    uses = uses_in(call)
    if len(uses) != 1:
        raise impossible("a model inside a model must be called with the output of one layer", *entry.origin)
    return uses[0]


def _moved(
    number: int, call: Use, source: str, names: Mapping[str, str], uses: Mapping[str, int], inner_use: Use
) -> Use:
    """Returns the use of the outer model that `inner_use` becomes in call `number`, whose input is `call`."""
    name, which = inner_use
    return call if name == source else (names.get(name, name), number * uses.get(name, 1) + which)


def _first_use(name: str, calls: int, outer: Model) -> int:
    """Returns 1 where the uses of a nested model are counted from 1, as Keras does for functional ones, otherwise 0."""
    used = [use for entry in outer.entries for call in entry.nodes for use in uses_in(call)]
    end = end_of(outer.config, END)
    return int((name, calls) in [*used, end])


def _free_names(inner: Model, outer_name: str, taken: set[str]) -> dict[str, str]:
    names: dict[str, str] = {}
    for layer in inner.entries:
        if layer.is_input:
            continue
        name, number = layer.name, 0
        while name in taken:
            number += 1
            name = f"{outer_name}_{layer.name}" if number == 1 else f"{outer_name}_{layer.name}_{number}"
        names[layer.name] = name
        taken.add(name)
    return names


def _followed(use: Use, ends: Mapping[Use, Use]) -> Use:
    """Returns the use that a use of a nested model stands for, through all that are nested after one another."""
    for _ in range(len(ends) + 1):
        if use not in ends:
            break
        use = ends[use]
    return use


def _input_of(model: Model) -> Entry:
    """Returns an input for images of any size, or that of the model which is the first layer."""
    first = model.entries[0]
    if first.inner and first.inner.inputs:
        inner = first.inner.inputs[0]
        return Entry({**inner.json, "name": inner.name, "inbound_nodes": []}, inner.origin)
    config: dict[str, Any] = {"name": "image", "batch_shape": [None] * 4}
    json = {
        "module": "keras.layers",
        "class_name": "InputLayer",
        "config": config,
        "name": "image",
        "inbound_nodes": [],
    }
    return Entry(json, first.origin)


def _copied(entry: Entry) -> Entry:
    return Entry(dict(entry.json), entry.origin, entry.inner)
