"""`Plan`: a network before its shapes are known, as layers with complete arguments and the order of their calls."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backend.errors import FieldError
from backend.network.errors import Impossible, Refused
from backend.network.fields import read_fields
from backend.network.layers import COMMON, KINDS, LAYERS, REASONS, Kind
from backend.phrases import listed

IMAGE = -1
"""Stands for the image among the inputs of a call."""

Loc = list[str | int]


@dataclass(frozen=True)
class Draft:
    """A layer with all arguments, the noun for it in error messages, and its place in the spec."""

    class_name: str
    values: dict[str, Any]
    noun: str
    loc: Loc
    kind: Kind

    @property
    def subject(self) -> str:
        """The noun as the subject of a sentence."""
        return f"{self.noun}," if "," in self.noun else self.noun


@dataclass(frozen=True)
class Call:
    """One use of a layer. `inputs` are the positions of earlier calls, or IMAGE."""

    layer: int
    inputs: tuple[int, ...]


@dataclass(frozen=True)
class Plan:
    """`calls` stand in an order in which they can be made; the output of the last one is the network's."""

    name: str
    drafts: list[Draft]
    calls: list[Call]
    sequential: bool


def stacked(name: str, drafts: Sequence[Draft]) -> Plan:
    """Returns the plan of a stack: each layer takes the output of the one before it."""
    calls = [Call(position, (position - 1,)) for position in range(len(drafts))]
    return Plan(name, list(drafts), calls, sequential=True)


def draft(class_name: Any, config: Any, noun: str, loc: Loc, kinds: Mapping[str, Kind] = KINDS) -> Draft:
    """Returns a layer of one of these kinds with its arguments read.

    Raises:
        Impossible: the class or an argument is not allowed; each error at its place below `loc`.
    """
    if not isinstance(class_name, str) or class_name not in kinds:
        raise Impossible([FieldError([*loc, "class_name"], _unknown(class_name))])
    kind = kinds[class_name]
    values, errors = read_fields(config, {**COMMON, **kind.fields})
    if errors:
        raise Impossible([_error(noun, loc, refused) for refused in errors])
    return Draft(class_name, values, noun, loc, kind)


def _error(noun: str, loc: Loc, refused: Refused) -> FieldError:
    argument = next((key for key in refused.path if isinstance(key, str)), "config")
    return FieldError([*loc, "config", *refused.path], f"{noun}: {argument} {refused.msg}")


def _unknown(class_name: Any) -> str:
    reason = REASONS.get(class_name) if isinstance(class_name, str) else None
    name = class_name if isinstance(class_name, str) else type(class_name).__name__
    if reason:
        return f"a layer of the class {name[:60]} is not allowed: {reason}"
    return f"there is no layer of the class {name[:60]!r} here; allowed are {listed(LAYERS)}"
