"""Readers of constructor arguments: each returns the value as Keras takes it, or raises `Refused` with a sentence."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from backend.network.errors import Refused
from backend.phrases import listed, quoted

REQUIRED = object()


@dataclass(frozen=True)
class Reader:
    """Reads one argument. `limits` say what it takes, in the words of the catalog: type, minimum, choices, …"""

    read: Callable[[Any], Any]
    limits: Mapping[str, Any]

    def __call__(self, value: Any) -> Any:
        return self.read(value)


@dataclass(frozen=True)
class Field:
    """One argument of a constructor. `kept` is False for what Keras writes into a config and doesn't take back."""

    read: Reader
    default: Any = REQUIRED
    kept: bool = True


def read_fields(config: Any, fields: Mapping[str, Field]) -> tuple[dict[str, Any], list[Refused]]:
    """Returns all fields with defaults filled in, and the errors of those in `config`."""
    if not isinstance(config, dict):
        return {}, [Refused(f"must be an object with arguments; you gave {quoted(config)}")]
    values: dict[str, Any] = {}
    errors = [_unknown(key, fields) for key in config if key not in fields]
    for name, field in fields.items():
        if name not in config:
            if field.default is REQUIRED:
                errors.append(Refused("is missing and is required", name))
            values[name] = field.default
            continue
        try:
            values[name] = field.read(config[name])
        except Refused as refused:
            errors.append(refused.below(name))
    return values, errors


def _unknown(key: str, fields: Mapping[str, Field]) -> Refused:
    return Refused(f"is not an argument of it; allowed: {listed(fields)}", key)


def whole(least: int, most: int) -> Reader:
    def read(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise Refused(f"must be a whole number from {least:,} to {most:,}; you gave {quoted(value)}")
        return value

    return Reader(read, {"type": "integer", "minimum": least, "maximum": most})


def whole_but_zero(most: int) -> Reader:
    """Reads a whole number from 1, or -1, which stands for the size that is left."""
    read_whole = whole(-1, most)

    def read(value: Any) -> int:
        number: int = read_whole(value)
        if number == 0:
            raise Refused("must be at least 1, or -1 for the size that is left; you gave 0")
        return number

    return Reader(read, read_whole.limits)


def number(least: float, most: float, *, below: bool = False) -> Reader:
    """Reads a number from `least` to `most`, or to less than `most` where `below` is set."""

    def read(value: Any) -> float:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not least <= value <= most or (below and value == most):
            until = "to less than" if below else "to"
            raise Refused(f"must be a number from {least:g} {until} {most:g}; you gave {quoted(value)}")
        return float(value)

    return Reader(read, {"type": "number", "minimum": least, "exclusive_maximum" if below else "maximum": most})


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise Refused(f"must be true or false; you gave {quoted(value)}")
    return value


flag = Reader(_flag, {"type": "boolean"})


def one_of(*allowed: Any) -> Reader:
    def read(value: Any) -> Any:
        if not any(value is choice or (value == choice and type(value) is type(choice)) for choice in allowed):
            raise Refused(f"must be {' or '.join(map(quoted, allowed))}; you gave {quoted(value)}")
        return value

    names = [choice for choice in allowed if choice is not None]
    return Reader(read, {"type": "string", "choices": names, "nullable": None in allowed})


def optional(read: Reader) -> Reader:
    return Reader(lambda value: None if value is None else read(value), {**read.limits, "nullable": True})


def many(read: Reader, least: int, most: int) -> Reader:
    """Reads a list of `least` to `most` values."""

    def read_all(value: Any) -> list[Any]:
        if not isinstance(value, list) or not least <= len(value) <= most:
            length = f"{least}" if least == most else f"{least} to {most}"
            raise Refused(f"must be a list of {length}; you gave {quoted(value)}")
        return [_at(read, item, index) for index, item in enumerate(value)]

    return Reader(read_all, {"type": "list", "items": read.limits, "min_length": least, "max_length": most})


def one_or_many(read: Callable[[Any], Any], items: Reader) -> Reader:
    """`items` reads a list; `read` also takes one value in place of the list."""
    return Reader(read, {**items.limits, "takes_one": True})


def pair(least: int, most: int) -> Reader:
    """Reads one number for height and width, or a list of two."""
    side = whole(least, most)
    sides = many(side, 2, 2)
    return one_or_many(lambda value: sides(value) if isinstance(value, list) else [side(value)] * 2, sides)


def borders(most: int) -> Reader:
    """Reads the borders of `ZeroPadding2D` and `Cropping2D`: one number, one for each direction, or two for each."""
    width, sides = whole(0, most), many(pair(0, most), 2, 2)
    return one_or_many(lambda value: sides(value) if isinstance(value, list) else [[width(value)] * 2] * 2, sides)


def axes(most: int) -> Reader:
    """Reads one axis or a list of axes; axis 0 is the batch and not allowed."""
    read_axis = axis(most)
    read_axes = many(read_axis, 1, most)
    return one_or_many(lambda value: read_axes(value) if isinstance(value, list) else read_axis(value), read_axes)


def axis(most: int) -> Reader:
    read_whole = whole(-most, most)

    def read(value: Any) -> int:
        number: int = read_whole(value)
        if number == 0:
            raise Refused("must be another axis than 0, which is the batch")
        return number

    return Reader(read, read_whole.limits)


def _at(read: Reader, item: Any, index: int) -> Any:
    try:
        return read(item)
    except Refused as refused:
        raise refused.below(index) from None
