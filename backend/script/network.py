"""The network as Keras code, layer by layer, with the arguments that differ from Keras' own."""

import keyword
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from backend.network import Layer, Network
from backend.network.names import automatic
from backend.script.layout import WIDTH, call, literal, rows
from backend.script.script_input import ScriptInput

FIRST: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("Conv2D", "SeparableConv2D"), ("filters", "kernel_size")),
    "DepthwiseConv2D": ("kernel_size",),
    "Dense": ("units",),
    **dict.fromkeys(("MaxPooling2D", "AveragePooling2D"), ("pool_size",)),
    **dict.fromkeys(("Dropout", "SpatialDropout2D", "GaussianDropout"), ("rate",)),
    "GaussianNoise": ("stddev",),
    "Activation": ("activation",),
    "Reshape": ("target_shape",),
    "Permute": ("dims",),
    "ZeroPadding2D": ("padding",),
    "Cropping2D": ("cropping",),
    "UpSampling2D": ("size",),
}
"""Arguments that everybody writes without their names."""
SIZES = ("kernel_size", "strides", "pool_size", "dilation_rate", "size", "cropping", "target_shape", "dims")
RANDOM = ("Random", "Truncated", "Variance", "Glorot", "He", "Lecun", "Orthogonal", "he_", "glorot_", "lecun_")
WEIGHTS_BY_CHANCE = {"Conv2D": 1, "Dense": 1, "DepthwiseConv2D": 1, "SeparableConv2D": 2}
IMAGE = -1
RESERVED = {"image", "x", "keras", "layers", "layer", "inputs"}


def build_function(script: ScriptInput) -> str:
    body = _sequential(script) if script.network.sequential else _functional(script)
    return f'def build():\n    """Returns the network: {script.network.parameters:,} parameters."""\n{body}'


def _sequential(script: ScriptInput) -> str:
    layers = (call(head, arguments, 12, ",") for head, arguments in _layers(script))
    inner = "\n".join([_input(script.network, "", 12, ","), *layers])
    name = f"name={literal(script.network.name)},"
    return f"    return keras.Sequential(\n        [\n{inner}\n        ],\n        {name}\n    )"


def _input(network: Network, head: str, indent: int, tail: str = "") -> str:
    name = [] if network.input_name == "input_layer" else [f"name={literal(network.input_name)}"]
    return call(f"{head}keras.Input", [literal(tuple(network.image_shape)), *name], indent, tail)


def _functional(script: ScriptInput) -> str:
    """Layers are made where they are called, unless that would make them in another order than the run did."""
    network, makers, names = script.network, list(_layers(script)), _variables(script.network)
    lines = [_input(network, "image = ", 4)]
    in_order = [one.layer for one in network.calls] == list(range(len(network.layers)))
    if not in_order:
        made = _layer_variables(network, set(names.values()))
        lines += [call(f"{name} = {head}", given_to, 4) for name, (head, given_to) in zip(made, makers, strict=True)]
    for place, one in enumerate(network.calls):
        gets = [names[source] for source in one.inputs]
        if in_order:
            lines += _made_and_called(names[place], *makers[one.layer], gets)
        else:
            lines += _called(names[place], made[one.layer], gets)
    lines.append(
        call("return keras.Model", ["image", names[len(network.calls) - 1], f"name={literal(network.name)}"], 4)
    )
    return "\n".join(lines)


def _made_and_called(output: str, head: str, arguments: list[str], gets: list[str]) -> list[str]:
    """In one line, or where that is too long the layer first."""
    line = f"    {output} = {head}({', '.join(arguments)})({_inputs(gets)})"
    if len(line) <= WIDTH:
        return [line]
    return [call(f"layer = {head}", arguments, 4), *_called(output, "layer", gets)]


def _called(output: str, layer: str, gets: list[str]) -> list[str]:
    line = f"    {output} = {layer}({_inputs(gets)})"
    if len(line) <= WIDTH or len(gets) == 1:
        return [line]
    return [rows("inputs = ", gets, "[]", 4), f"    {output} = {layer}(inputs)"]


def _inputs(gets: list[str]) -> str:
    return gets[0] if len(gets) == 1 else f"[{', '.join(gets)}]"


def _variables(network: Network) -> dict[int, str]:
    """What each output is called: x where only the next call takes it, else after its layer."""
    uses = Counter(source for one in network.calls for source in set(one.inputs))
    taken = set(RESERVED)
    names = {IMAGE: "image"}
    last = len(network.calls) - 1
    for place, one in enumerate(network.calls):
        passing = place == last or (uses[place] == 1 and place in network.calls[place + 1].inputs)
        names[place] = "x" if passing else _identifier(network.layers[one.layer].name, taken)
    return names


def _layer_variables(network: Network, taken: set[str]) -> list[str]:
    taken |= RESERVED
    return [_identifier(f"{layer.name}_layer", taken) for layer in network.layers]


def _identifier(name: str, taken: set[str]) -> str:
    plain = re.sub(r"\W", "_", name, flags=re.ASCII).lower()
    plain = f"_{plain}" if plain[:1].isdigit() or keyword.iskeyword(plain) else plain
    unique, number = plain, 2
    while unique in taken:
        unique, number = f"{plain}_{number}", number + 1
    taken.add(unique)
    return unique


def _layers(script: ScriptInput) -> Iterator[tuple[str, list[str]]]:
    """Each layer's constructor and its arguments; a name only where Keras itself would give another one."""
    named: Counter[str] = Counter()
    softmax = script.network.calls[-1].layer
    for place, layer in enumerate(script.network.layers):
        count = named[layer.class_name]
        plain = automatic(layer.class_name, ())
        own = layer.name == (f"{plain}_{count}" if count else plain)
        named[layer.class_name] += own
        extra = [] if own else [f"name={literal(layer.name)}"]
        if place == softmax and script.spec.precision != "float32":
            extra.append('dtype="float32"')
        yield f"layers.{layer.class_name}", [*_arguments(layer), *extra]


def _arguments(layer: Layer) -> list[str]:
    config = {name: value for name, value in layer.config.items() if name != "name"}
    as_objects = _draws(layer) < 2
    texts = {name: _value(name, value, as_objects=as_objects) for name, value in config.items()}
    first = FIRST.get(layer.class_name, ())
    plain = first if all(name in texts for name in first) else ()
    return [texts[name] for name in plain] + [f"{name}={text}" for name, text in texts.items() if name not in plain]


def _draws(layer: Layer) -> int:
    """How many initializers draw a seed as the layer is made, in an order that is the layer's own."""
    given = {name: value for name, value in layer.config.items() if name.endswith("_initializer")}
    chance = sum(_by_chance(value) for value in given.values())
    own = WEIGHTS_BY_CHANCE.get(layer.class_name, 0)
    own -= sum(name.partition("_")[0] in ("kernel", "depthwise", "pointwise") for name in given)
    return chance + own


def _by_chance(value: Any) -> bool:
    name = value if isinstance(value, str) else value["class_name"]
    seeded = isinstance(value, dict) and value["config"].get("seed") is not None
    return str(name).startswith(RANDOM) and not seeded


def _value(name: str, value: Any, *, as_objects: bool) -> str:
    if isinstance(value, dict):
        kind = {"initializer": "initializers", "regularizer": "regularizers", "constraint": "constraints"}
        if name.endswith("_initializer") and not as_objects:
            return _object(value)  # made inside the layer, in its own order
        arguments = ", ".join(f"{key}={literal(one)}" for key, one in value["config"].items())
        return f"keras.{kind[name.rpartition('_')[2]]}.{value['class_name']}({arguments})"
    if isinstance(value, list) and (name in SIZES or name == "padding"):
        return literal(_tuple(value, collapse=name not in ("target_shape", "dims")))
    return literal(value)


def _object(value: dict[str, Any]) -> str:
    config = ", ".join(f"{literal(key)}: {literal(one)}" for key, one in value["config"].items())
    return f'{{"class_name": {literal(value["class_name"])}, "config": {{{config}}}}}'


def _tuple(value: list[Any], *, collapse: bool) -> Any:
    """Lists as tuples; where all sides are equal, one number for them."""
    inner = [_tuple(one, collapse=collapse) if isinstance(one, list) else one for one in value]
    equal = collapse and all(one == inner[0] and isinstance(one, int) for one in inner)
    return inner[0] if equal else tuple(inner)
