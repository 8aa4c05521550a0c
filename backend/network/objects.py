"""Readers of Keras' own activations, initializers, regularizers and constraints, by name or as `to_json()` has them."""

from collections.abc import Mapping
from typing import Any

from backend.network.errors import Refused
from backend.network.fields import Field, Reader, many, number, one_of, one_or_many, optional, read_fields, whole
from backend.phrases import listed, quoted

ACTIVATIONS = (
    *("relu", "relu6", "leaky_relu", "elu", "selu", "celu", "gelu", "silu", "swish", "mish", "tanh", "sigmoid"),
    *("hard_sigmoid", "hard_silu", "hard_swish", "hard_tanh", "softplus", "softsign", "exponential", "linear"),
    *("log_sigmoid", "tanh_shrink", "squareplus", "softmax"),
)

_SEED = Field(optional(whole(0, 2**31 - 1)), None)
_NULL = Field(one_of(None), None)
_SEEDED = {"seed": _SEED, "input_axes": _NULL, "output_axes": _NULL}
_NORMAL = {"mean": Field(number(-100, 100), 0.0), "stddev": Field(number(0, 100), 0.05), "seed": _SEED}
_RANGE = {"minval": Field(number(-100, 100), -0.05), "maxval": Field(number(-100, 100), 0.05), "seed": _SEED}
_SCALING = {
    **_SEEDED,
    "scale": Field(number(1e-6, 1_000), 1.0),
    "mode": Field(one_of("fan_in", "fan_out", "fan_avg"), "fan_in"),
    "distribution": Field(one_of("truncated_normal", "untruncated_normal", "uniform"), "truncated_normal"),
}
_FACTOR = Field(number(0, 1_000), 0.01)

Kinds = Mapping[str, Mapping[str, Field]]
VECTORS: Kinds = {
    "Zeros": {},
    "Ones": {},
    "Constant": {"value": Field(number(-1_000, 1_000))},
    "RandomNormal": _NORMAL,
    "TruncatedNormal": _NORMAL,
    "RandomUniform": _RANGE,
    "VarianceScaling": _SCALING,
    **dict.fromkeys(("GlorotUniform", "GlorotNormal", "HeUniform", "HeNormal", "LecunUniform", "LecunNormal"), _SEEDED),
}
MATRICES: Kinds = {**VECTORS, "Orthogonal": {"gain": Field(number(0, 100), 1.0), "seed": _SEED}}
REGULARIZERS: Kinds = {"L1": {"l1": _FACTOR}, "L2": {"l2": _FACTOR}, "L1L2": {"l1": _FACTOR, "l2": _FACTOR}}


def _activation(value: Any) -> str:
    """Reads the name of an activation function."""
    name = value
    if isinstance(value, dict) and value.get("class_name") == "function" and _is_keras(value, "keras.activations"):
        name = value.get("config")
    if not isinstance(name, str) or name not in ACTIVATIONS:
        raise Refused(f"must be one of Keras' functions {listed(ACTIVATIONS)}; you gave {quoted(value)}")
    return name


activation = Reader(_activation, {"type": "string", "choices": list(ACTIVATIONS)})
nullable_activation = Reader(lambda value: "linear" if value is None else activation(value), activation.limits)


def initializer(rank: int) -> Reader:
    """Reads the initializer of a weight with `rank` axes."""
    kinds = "matrix_initializer" if rank > 1 else "initializer"
    return _reader("initializer", "keras.initializers", OBJECTS[kinds], kinds)


def constraint(rank: int) -> Reader:
    """Reads the constraint of a weight with `rank` axes."""
    return optional(_reader("constraint", "keras.constraints", _constraints(rank), "constraint"))


def _constraints(rank: int) -> Kinds:
    places = Field(_weight_axes(rank), 0)
    most = Field(number(1e-6, 1_000), 1.0)
    return {
        "NonNeg": {},
        "UnitNorm": {"axis": places},
        "MaxNorm": {"max_value": Field(most.read, 2.0), "axis": places},
        "MinMaxNorm": {
            "min_value": Field(number(0, 1_000), 0.0),
            "max_value": most,
            "rate": Field(number(0, 1), 1.0),
            "axis": places,
        },
    }


def _weight_axes(rank: int) -> Reader:
    axis = whole(-rank, rank - 1)
    axes = many(axis, 1, rank)
    return one_or_many(lambda value: axes(value) if isinstance(value, list) else axis(value), axes)


def _reader(noun: str, module: str, kinds: Kinds, objects: str) -> Reader:
    """`objects` is the key of the kinds in OBJECTS."""
    names = {spelling: name for name in kinds for spelling in (name, _snake(name))}

    def read(value: Any) -> Any:
        name, config = _parts(value, module)
        if name not in names:
            raise Refused(f"must be one of Keras' {noun}s {listed(kinds)}; you gave {quoted(value)}")
        values, errors = read_fields(config, kinds[names[name]])
        if errors:
            raise errors[0].below("config")
        return _written(names[name], module, {key: values[key] for key in config if values[key] is not None})

    return Reader(read, {"type": "object", "objects": objects})


def _parts(value: Any, module: str) -> tuple[str, Any]:
    if isinstance(value, str):
        return value, {}
    if isinstance(value, dict) and isinstance(value.get("class_name"), str) and _is_keras(value, module):
        return value["class_name"], value.get("config", {})
    return "", {}


def _is_keras(value: Mapping[str, Any], module: str) -> bool:
    """True when an object is of Keras' own module and not a registered class."""
    name = value.get("module", module)
    is_own = isinstance(name, str) and (name in (module, "builtins") or name.startswith(f"keras.src{module[5:]}"))
    return is_own and value.get("registered_name") in (None, "function", value.get("class_name"))


def _written(name: str, module: str, config: dict[str, Any]) -> Any:
    if not config:
        return name
    return {"module": module, "class_name": name, "config": config, "registered_name": None}


def _snake(name: str) -> str:
    """Returns the name in snake case: glorot_uniform of GlorotUniform, l1_l2 of L1L2."""
    if name in REGULARIZERS:
        return {"L1L2": "l1_l2"}.get(name, name.lower())
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")


OBJECTS: Mapping[str, Kinds] = {
    "initializer": VECTORS,
    "matrix_initializer": MATRICES,
    "regularizer": REGULARIZERS,
    "constraint": _constraints(4),
}
regularizer = optional(_reader("regularizer", "keras.regularizers", REGULARIZERS, "regularizer"))
