"""Readers of single values: each gives the value as Keras takes it, or refuses it in a sentence."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from backend.network.errors import Refused
from backend.network.phrases import listed, shown

Reader = Callable[[Any], Any]
REQUIRED = object()


@dataclass(frozen=True)
class Field:
    """One argument of a constructor. `kept` is false for what Keras writes and doesn't take: it is only checked."""

    read: Reader
    default: Any = REQUIRED
    kept: bool = True


def read_fields(given: Any, fields: Mapping[str, Field]) -> tuple[dict[str, Any], list[Refused]]:
    """All fields with their defaults, and what is wrong with those that were given."""
    if not isinstance(given, dict):
        return {}, [Refused(f"must be an object with arguments; you gave {shown(given)}")]
    values: dict[str, Any] = {}
    wrong = [_unknown(key, fields) for key in given if key not in fields]
    for name, field in fields.items():
        if name not in given:
            if field.default is REQUIRED:
                wrong.append(Refused("is missing and is required", name))
            values[name] = field.default
            continue
        try:
            values[name] = field.read(given[name])
        except Refused as refused:
            wrong.append(refused.below(name))
    return values, wrong


def _unknown(key: str, fields: Mapping[str, Field]) -> Refused:
    return Refused(f"is no argument of it; allowed here: {listed(fields)}", key)


def whole(least: int, most: int) -> Reader:
    def read(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise Refused(f"must be a whole number from {least:,} to {most:,}; you gave {shown(value)}")
        return value

    return read


def whole_but_zero(most: int) -> Reader:
    """A whole number from 1, or -1, which means whatever is left."""
    read_whole = whole(-1, most)

    def read(value: Any) -> int:
        found: int = read_whole(value)
        if found == 0:
            raise Refused("must be at least 1, or -1 for whatever fits; you gave 0")
        return found

    return read


def number(least: float, most: float, *, below: bool = False) -> Reader:
    """A number from `least` to `most`, or less than `most` where it has to stay `below`."""

    def read(value: Any) -> float:
        fine = isinstance(value, int | float) and not isinstance(value, bool)
        if not fine or not least <= value <= most or (below and value == most):
            until = "to less than" if below else "to"
            raise Refused(f"must be a number from {least:g} {until} {most:g}; you gave {shown(value)}")
        return float(value)

    return read


def flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise Refused(f"must be true or false; you gave {shown(value)}")
    return value


def one_of(*allowed: Any) -> Reader:
    def read(value: Any) -> Any:
        if not any(value is choice or (value == choice and type(value) is type(choice)) for choice in allowed):
            raise Refused(f"must be {' or '.join(map(shown, allowed))}; you gave {shown(value)}")
        return value

    return read


def optional(read: Reader) -> Reader:
    return lambda value: None if value is None else read(value)


def many(read: Reader, least: int, most: int) -> Reader:
    """A list of `least` to `most` values."""

    def read_all(value: Any) -> list[Any]:
        if not isinstance(value, list) or not least <= len(value) <= most:
            wanted = f"{least}" if least == most else f"{least} to {most}"
            raise Refused(f"must be a list of {wanted}; you gave {shown(value)}")
        return [_at(read, item, index) for index, item in enumerate(value)]

    return read_all


def pair(least: int, most: int) -> Reader:
    """A number for height and width both, or a list of two."""
    one = whole(least, most)
    return lambda value: many(one, 2, 2)(value) if isinstance(value, list) else [one(value)] * 2


def borders(most: int) -> Reader:
    """What `ZeroPadding2D` and `Cropping2D` take: one number, one each for height and width, or two for each."""
    one = whole(0, most)

    def read(value: Any) -> list[list[int]]:
        if not isinstance(value, list):
            return [[one(value)] * 2] * 2
        sides: list[list[int]] = many(pair(0, most), 2, 2)(value)
        return sides

    return read


def axes(most: int) -> Reader:
    """One axis or a list of them, the batch being axis 0, which none may be."""
    one = axis(most)
    return lambda value: many(one, 1, most)(value) if isinstance(value, list) else one(value)


def axis(most: int) -> Reader:
    read_whole = whole(-most, most)

    def read(value: Any) -> int:
        found: int = read_whole(value)
        if found == 0:
            raise Refused("must be another axis than 0, which is the batch")
        return found

    return read


def _at(read: Reader, item: Any, index: int) -> Any:
    try:
        return read(item)
    except Refused as refused:
        raise refused.below(index) from None
