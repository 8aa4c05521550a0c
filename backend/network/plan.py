"""A network before its shapes are known: layers with complete arguments, and the order in which they are called."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from backend.errors import FieldError
from backend.network.errors import Impossible, Refused
from backend.network.fields import read_fields
from backend.network.layers import COMMON, KINDS, LAYERS, REASONS, Kind
from backend.network.phrases import listed

IMAGE = -1
"""The input of a call that is the image itself."""

Loc = list[str | int]


@dataclass(frozen=True)
class Draft:
    """A layer with all arguments, what sentences call it, and where in the spec it stands."""

    class_name: str
    values: dict[str, Any]
    noun: str
    loc: Loc

    @property
    def subject(self) -> str:
        """The noun as a sentence begins with it."""
        return f"{self.noun}," if "," in self.noun else self.noun

    @property
    def kind(self) -> Kind:
        return KINDS[self.class_name]


@dataclass(frozen=True)
class Call:
    """A use of a layer; `inputs` are the positions of earlier calls."""

    layer: int
    inputs: tuple[int, ...]


@dataclass(frozen=True)
class Plan:
    """`calls` in an order in which they can be made; the last one's output is the network's."""

    name: str
    drafts: list[Draft]
    calls: list[Call]
    sequential: bool


def stacked(name: str, drafts: Sequence[Draft]) -> Plan:
    """Each layer gets what the one before it gives."""
    calls = [Call(position, (position - 1,)) for position in range(len(drafts))]
    return Plan(name, list(drafts), calls, sequential=True)


def draft(class_name: Any, config: Any, noun: str, loc: Loc) -> Draft:
    """A layer with its arguments read.

    Raises:
        Impossible: the class or an argument is not allowed; each error at its place below `loc`.
    """
    if not isinstance(class_name, str) or class_name not in KINDS:
        raise Impossible([FieldError([*loc, "class_name"], _unknown(class_name))])
    values, wrong = read_fields(config, {**COMMON, **KINDS[class_name].fields})
    if wrong:
        raise Impossible([_error(noun, loc, refused) for refused in wrong])
    return Draft(class_name, values, noun, loc)


def _error(noun: str, loc: Loc, refused: Refused) -> FieldError:
    argument = next((key for key in refused.path if isinstance(key, str)), "config")
    return FieldError([*loc, "config", *refused.path], f"{noun}: {argument} {refused.msg}")


def _unknown(class_name: Any) -> str:
    reason = REASONS.get(class_name) if isinstance(class_name, str) else None
    name = class_name if isinstance(class_name, str) else type(class_name).__name__
    if reason:
        return f"a layer of the class {name[:60]} is not allowed: {reason}"
    return f"there is no layer of the class {name[:60]!r} here; allowed are {listed(LAYERS)}"
