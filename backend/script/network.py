"""Writes the network as Keras code, layer by layer, with the arguments that differ from Keras' defaults."""

import keyword
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from backend.network import Layer, Network
from backend.network.names import automatic
from backend.script.layout import WIDTH, call, literal, rows
from backend.script.script_input import ScriptInput

# Arguments that are usually written without their names.
POSITIONAL: Mapping[str, tuple[str, ...]] = {
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
    """Creates layers where they are called, unless the run created them in another order: seeds depend on it."""
    network, constructors, names = script.network, list(_layers(script)), _variables(script.network)
    lines = [_input(network, "image = ", 4)]
    in_order = [layer_call.layer for layer_call in network.calls] == list(range(len(network.layers)))
    if not in_order:
        variables = _layer_variables(network, set(names.values()))
        lines += [
            call(f"{name} = {head}", arguments, 4)
            for name, (head, arguments) in zip(variables, constructors, strict=True)
        ]
    for place, layer_call in enumerate(network.calls):
        inputs = [names[source] for source in layer_call.inputs]
        arguments = network.layers[layer_call.layer].call_arguments
        if in_order:
            lines += _create_and_call(names[place], *constructors[layer_call.layer], inputs, arguments)
        else:
            lines += _call_layer(names[place], variables[layer_call.layer], inputs, arguments)
    lines.append(
        call("return keras.Model", ["image", names[len(network.calls) - 1], f"name={literal(network.name)}"], 4)
    )
    return "\n".join(lines)


def _create_and_call(
    output: str, head: str, constructor: list[str], inputs: list[str], arguments: Mapping[str, bool]
) -> list[str]:
    """Returns one line, or one for the layer and one for its call if that is too long."""
    line = f"    {output} = {head}({', '.join(constructor)})({_passed(inputs, arguments)})"
    if len(line) <= WIDTH:
        return [line]
    return [call(f"layer = {head}", constructor, 4), *_call_layer(output, "layer", inputs, arguments)]


def _call_layer(output: str, layer: str, inputs: list[str], arguments: Mapping[str, bool]) -> list[str]:
    line = f"    {output} = {layer}({_passed(inputs, arguments)})"
    if len(line) <= WIDTH or len(inputs) == 1:
        return [line]
    return [rows("inputs = ", inputs, "[]", 4), f"    {output} = {layer}({_passed(['inputs'], arguments)})"]


def _passed(inputs: list[str], arguments: Mapping[str, bool]) -> str:
    tensors = inputs[0] if len(inputs) == 1 else f"[{', '.join(inputs)}]"
    return ", ".join([tensors, *(f"{name}={value}" for name, value in arguments.items())])


def _variables(network: Network) -> dict[int, str]:
    """Returns the variable of each output: x if only the next call uses it, else the name of its layer."""
    uses = Counter(source for layer_call in network.calls for source in set(layer_call.inputs))
    taken = set(RESERVED)
    names = {IMAGE: "image"}
    last = len(network.calls) - 1
    for place, layer_call in enumerate(network.calls):
        passing = place == last or (uses[place] == 1 and place in network.calls[place + 1].inputs)
        names[place] = "x" if passing else _identifier(network.layers[layer_call.layer].name, taken)
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
    """Yields each layer's constructor and arguments, with a name only if Keras would choose another one."""
    named: Counter[str] = Counter()
    precisions = script.network.precisions(script.spec.precision)
    for layer, precision in zip(script.network.layers, precisions, strict=True):
        count = named[layer.class_name]
        plain = automatic(layer.class_name, ())
        own = layer.name == (f"{plain}_{count}" if count else plain)
        named[layer.class_name] += own
        extra = [] if own else [f"name={literal(layer.name)}"]
        if precision != script.spec.precision:
            extra.append(f"dtype={literal(precision)}")
        yield f"layers.{layer.class_name}", [*_arguments(layer), *extra]


def _arguments(layer: Layer) -> list[str]:
    config = {name: value for name, value in layer.config.items() if name != "name"}
    as_objects = _draws(layer) < 2
    texts = {name: _value(name, value, as_objects=as_objects) for name, value in config.items()}
    first = POSITIONAL.get(layer.class_name, ())
    plain = first if all(name in texts for name in first) else ()
    return [texts[name] for name in plain] + [f"{name}={text}" for name, text in texts.items() if name not in plain]


def _draws(layer: Layer) -> int:
    """Returns how many initializers draw a seed when the layer is created, in the layer's own order."""
    initializers = {name: value for name, value in layer.config.items() if name.endswith("_initializer")}
    chance = sum(_by_chance(value) for value in initializers.values())
    own = WEIGHTS_BY_CHANCE.get(layer.class_name, 0)
    own -= sum(name.partition("_")[0] in ("kernel", "depthwise", "pointwise") for name in initializers)
    return chance + own


def _by_chance(value: Any) -> bool:
    name = value if isinstance(value, str) else value["class_name"]
    seeded = isinstance(value, dict) and value["config"].get("seed") is not None
    return str(name).startswith(RANDOM) and not seeded


def _value(name: str, value: Any, *, as_objects: bool) -> str:
    if isinstance(value, dict):
        kind = {"initializer": "initializers", "regularizer": "regularizers", "constraint": "constraints"}
        if name.endswith("_initializer") and not as_objects:
            return _object(value)  # created by the layer, in its own order
        arguments = ", ".join(f"{key}={literal(item)}" for key, item in value["config"].items())
        return f"keras.{kind[name.rpartition('_')[2]]}.{value['class_name']}({arguments})"
    if isinstance(value, list) and (name in SIZES or name == "padding"):
        return literal(_tuple(value, collapse=name not in ("target_shape", "dims")))
    return literal(value)


def _object(value: dict[str, Any]) -> str:
    config = ", ".join(f"{literal(key)}: {literal(item)}" for key, item in value["config"].items())
    return f'{{"class_name": {literal(value["class_name"])}, "config": {{{config}}}}}'


def _tuple(value: list[Any], *, collapse: bool) -> Any:
    """Returns lists as tuples, or one number if all of its numbers are equal."""
    inner = [_tuple(item, collapse=collapse) if isinstance(item, list) else item for item in value]
    equal = collapse and all(item == inner[0] and isinstance(item, int) for item in inner)
    return inner[0] if equal else tuple(inner)
