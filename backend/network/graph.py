"""The graph of a functional model: the inputs of each call, and an order in which the calls can be made."""

from collections.abc import Mapping, Sequence
from typing import Any

from backend.network.errors import impossible
from backend.network.plan import IMAGE, Call, Draft, Loc, Plan
from backend.phrases import counted, listed, quoted

LAYERS: Loc = ["model", "keras", "config", "layers"]
MAX_CALLS = 1_000

Use = tuple[str, int]
"""A layer's name and the number of its use."""


def graph(name: str, config: Mapping[str, Any], inputs: Sequence[int], drafts: Mapping[int, Draft]) -> Plan:
    """Returns the plan of a functional model whose layers are already read.

    Raises:
        Impossible: several inputs or outputs, an unknown layer, a cycle, or an output that no layer takes.
    """
    source = _input_name(config, inputs)
    uses = _uses(config["layers"], drafts)
    _check_known(uses, source)
    output = _one_end(config, "output_layers")
    if output not in uses:
        raise impossible(f"there is no layer {output[0]!r} to end with", *LAYERS[:-1], "output_layers")
    order = _ordered(uses, source, output)
    return _plan(name, order, uses, source, drafts)


def _plan(name: str, order: list[Use], uses: "Uses", source: str, drafts: Mapping[int, Draft]) -> Plan:
    places: dict[Use, int] = {(source, 0): IMAGE, **{use: place for place, use in enumerate(order)}}
    numbers = {number: position for position, number in enumerate(drafts)}
    calls = [Call(numbers[uses[use].layer], tuple(places[source] for source in uses[use].inputs)) for use in order]
    return Plan(name, list(drafts.values()), calls, sequential=False)


class Node:
    """One use of a layer: its place in the list, its inputs, and its place in the spec."""

    def __init__(self, layer: int, inputs: list[Use], loc: Loc) -> None:
        self.layer = layer
        self.inputs = inputs
        self.loc = loc


Uses = dict[Use, Node]


def _input_name(config: Mapping[str, Any], inputs: Sequence[int]) -> str:
    if len(inputs) != 1:
        raise impossible(f"the model has {counted(len(inputs), 'input')}, and a run gives it one: the images", *LAYERS)
    entry = config["layers"][inputs[0]]
    name = entry["config"].get("name", entry.get("name"))
    if not isinstance(name, str) or _one_end(config, "input_layers") != (name, 0):
        raise impossible("must name the only InputLayer", *LAYERS[:-1], "input_layers")
    return name


def _one_end(config: Mapping[str, Any], key: str) -> Use:
    ends = config.get(key)
    if isinstance(ends, list) and len(ends) == 1:
        ends = ends[0]
    use = _use(ends)
    noun = key.partition("_")[0]
    if isinstance(ends, list) and len(ends) > 1 and all(_use(end) for end in ends):
        raise impossible(f"the model has {counted(len(ends), noun)}, and a run trains one", *LAYERS[:-1], key)
    if use is None:
        loc = [*LAYERS[:-1], key]
        raise impossible(f"must be one [layer, 0, 0], for a model of one {noun}; you gave {quoted(ends)}", *loc)
    return use


def _use(history: Any) -> Use | None:
    """Returns a tensor's history as a layer's name and number of use; None where it is something else."""
    if not isinstance(history, list) or len(history) != 3 or not isinstance(history[0], str):
        return None
    whole = all(isinstance(part, int) and not isinstance(part, bool) for part in history[1:])
    return (history[0], history[1]) if whole and history[1] >= 0 and history[2] == 0 else None


def _uses(entries: Sequence[Any], drafts: Mapping[int, Draft]) -> Uses:
    uses: Uses = {}
    for number, draft in drafts.items():
        loc: Loc = [*LAYERS, number, "inbound_nodes"]
        nodes = entries[number].get("inbound_nodes")
        if not isinstance(nodes, list) or not nodes:
            raise impossible(f"{draft.subject} has no input", *loc)
        if (draft.values["name"], 0) in uses:
            raise impossible(f"two layers are named {draft.values['name']!r}", *LAYERS, number, "name")
        for which, node in enumerate(nodes):
            inputs = _inputs(node, draft, [*loc, which])
            uses[draft.values["name"], which] = Node(number, inputs, [*loc, which])
    if len(uses) > MAX_CALLS:
        raise impossible(f"the layers are used {len(uses):,} times; allowed are {MAX_CALLS:,}", *LAYERS)
    return uses


def _inputs(node: Any, draft: Draft, loc: Loc) -> list[Use]:
    """Returns the inputs of one use of a layer."""
    args = node.get("args") if isinstance(node, dict) else None
    if not isinstance(args, list) or len(args) != 1:
        raise impossible(f"{draft.subject} must be called with its input alone, as Keras 3 writes it", *loc)
    kwargs = node.get("kwargs") or {}
    if not isinstance(kwargs, dict) or any(not _is_idle(*item) for item in kwargs.items()):
        raise impossible(f"{draft.subject} is called with {quoted(kwargs)}; leave that out", *loc, "kwargs")
    tensors = args[0] if isinstance(args[0], list) else args
    uses = [_use(_history(tensor)) for tensor in tensors]
    if not uses or None in uses or len(uses) > MAX_CALLS:
        raise impossible(f"{draft.subject} gets {quoted(args)}, and not the output of a layer", *loc, "args")
    return [use for use in uses if use]


def _is_idle(key: str, value: Any) -> bool:
    """True when an argument of a call has no effect: a functional model overrides `training` whenever it is called."""
    return value is None or (key == "training" and isinstance(value, bool))


def _history(tensor: Any) -> Any:
    if not isinstance(tensor, dict) or tensor.get("class_name") != "__keras_tensor__":
        return None
    config = tensor.get("config")
    return config.get("keras_history") if isinstance(config, dict) else None


def _check_known(uses: Uses, source: str) -> None:
    if (source, 0) in uses:
        raise impossible(f"two layers are named {source!r}", *LAYERS)
    for node in uses.values():
        for use in node.inputs:
            if use not in uses and use != (source, 0):
                times = f"layer {use[0]!r}" if not use[1] else f"use number {use[1] + 1} of a layer {use[0]!r}"
                raise impossible(f"it gets the output of {times}, and there is none", *node.loc)


def _ordered(uses: Uses, source: str, output: Use) -> list[Use]:
    """Returns all uses in topological order, in the order of the list where that is free; the output last."""
    waiting = {use: len(set(node.inputs) - {(source, 0)}) for use, node in uses.items()}
    after: dict[Use, list[Use]] = {use: [] for use in uses}
    for use, node in uses.items():
        for before in set(node.inputs) - {(source, 0)}:
            after[before].append(use)
    for use, following in after.items():
        if not following and use != output:
            raise impossible(
                f"layer {use[0]} is not connected to the output: no layer takes its output", *uses[use].loc
            )
    return _counted_down(uses, waiting, after, output)


def _ring(uses: Uses, stuck: set[Use]) -> list[Use]:
    """Returns a cycle among the uses in `stuck`, each of which waits for another one in it."""
    path = [next(use for use in uses if use in stuck)]
    seen = set(path)
    while (before := next(use for use in uses[path[-1]].inputs if use in stuck)) not in seen:
        path.append(before)
        seen.add(before)
    return path[path.index(before) :]


def _counted_down(uses: Uses, waiting: dict[Use, int], after: Mapping[Use, list[Use]], output: Use) -> list[Use]:
    ready = [use for use, number in waiting.items() if number == 0]
    order: list[Use] = []
    for use in ready:  # grows while it is read
        order.append(use)
        for following in after[use]:
            waiting[following] -= 1
            if waiting[following] == 0:
                ready.append(following)
    if len(order) < len(uses):
        ring = _ring(uses, {use for use in uses if waiting[use]})
        names = listed(sorted({name for name, _ in ring})[:5])
        raise impossible(f"the layers {names} form a cycle", *uses[ring[0]].loc)
    if after[output]:
        raise impossible(f"the output of {output[0]} is used by another layer too, and must be the end", *LAYERS)
    return [*(use for use in order if use != output), output]
