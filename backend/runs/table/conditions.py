"""Conditions on fields of runs, as the parameter `where` has them: `optimizer.learning_rate>=0.001`."""

import math
import operator
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import permutations
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Double, Text, literal

from backend.errors import FieldError, Invalid, Loc
from backend.phrases import quoted, sentence
from backend.requests import StorableText
from backend.runs.table.fields import FIELDS, Kind, RunField, find_field

CONDITION = re.compile(r"(?P<path>[^=!<>~]*)(?P<operator>!=|>=|<=|=|>|<|~)(?P<value>.*)", re.DOTALL)
EXAMPLE = "PATH OPERATOR VALUE without spaces, such as optimizer.learning_rate>=0.001; operators are = != >= <= > < ~"
ORDERED = {">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt}
AGO = re.compile(r"-(?P<number>\d{1,5})(?P<unit>[hd])")
AGO_SECONDS = {"h": 3_600, "d": 86_400}
QUOTED: TypeAdapter[str] = TypeAdapter(StorableText)
OPERATORS: dict[Kind, Sequence[str]] = {
    "number": ("=", "!=", *ORDERED),
    "time": ("=", "!=", *ORDERED),
    "boolean": ("=", "!="),
    "text": ("=", "!=", "~"),
}
VALUES: dict[Kind, str] = {
    "number": "a number",
    "time": "a time such as 2026-11-27, 2026-11-27T18:00:00Z, or -7d or -24h before now",
    "boolean": "true or false",
    "text": "a text",
}


@dataclass(frozen=True)
class Condition:
    """One condition. `value` is that of the field's SQL expression: a time is in seconds, a boolean 0 or 1."""

    text: str
    field: RunField
    operator: str
    value: Any

    def expression(self) -> ColumnElement[bool]:
        """Returns the SQL. A run without the value differs from every value, and is neither above nor below one."""
        column = self.field.expression
        if self.value is None:
            return column.is_(None) if self.operator == "=" else column.is_not(None)
        value = literal(self.value, Text() if self.field.kind == "text" else Double())
        if self.operator == "~":
            return column.icontains(self.value, autoescape=True)
        if self.operator == "!=":
            return column.is_distinct_from(value)
        return column == value if self.operator == "=" else ORDERED[self.operator](column, value)

    def holds_for(self, value: Any) -> bool:
        """Returns whether a run with this value of the field matches."""
        if self.operator in ("=", "!="):
            return bool((self.value == value) == (self.operator == "="))
        if value is None:
            return False
        return (
            self.value.lower() in value.lower() if self.operator == "~" else ORDERED[self.operator](value, self.value)
        )


def equals(path: str, value: str) -> Condition:
    """Returns the condition of a parameter that is the path of a text."""
    return Condition(f"{path}={value}", FIELDS[path], "=", value)


def parse_conditions(texts: Sequence[str], others: Sequence[Condition] = ()) -> list[Condition]:
    """Returns the conditions of the parameter `where`. `others` are those of other parameters.

    Raises:
        Invalid: One is malformed, names an unknown field, or contradicts another one.
    """
    conditions = [_parse(text, ["query", "where", number]) for number, text in enumerate(texts)]
    for number, condition in enumerate(conditions):
        for other in (*others, *conditions[:number]):
            if condition.field is other.field and not _can_both_hold(other, condition):
                message = f"no run matches both {quoted(other.text)} and {quoted(condition.text)}; remove one of them"
                raise _invalid(message, ["query", "where", number])
    return conditions


def _parse(text: str, loc: Loc) -> Condition:
    match = CONDITION.fullmatch(text)
    if match is None:
        raise _invalid(f"{quoted(text)} is not a condition; write {EXAMPLE}", loc)
    field, sign = find_field(match["path"], loc), match["operator"]
    if not field.is_filterable:
        raise _invalid(f"{field.path} is a list; use the parameter tag, which finds a whole tag", loc)
    if sign not in OPERATORS[field.kind]:
        allowed = " ".join(OPERATORS[field.kind])
        raise _invalid(f"{field.path} is a {field.kind}, so {sign} can't be used; operators are {allowed}", loc)
    if match["value"] == "null":
        if sign not in ("=", "!="):
            raise _invalid(f"{quoted(text)} compares with null; only = and != can", loc)
        return Condition(text, field, sign, None)
    try:
        return Condition(text, field, sign, READERS[field.kind](match["value"]))
    except ValueError:
        message = f"{field.path} is compared with {VALUES[field.kind]} or null; you gave {quoted(match['value'])}"
        raise _invalid(message, loc) from None


def _can_both_hold(first: Condition, second: Condition) -> bool:
    """Returns whether a run can match two conditions on the same field."""
    for one, other in permutations((first, second)):
        if one.operator == "=":
            return other.holds_for(one.value)
        if one.value is None and other.operator == "!=":
            return True
        if one.operator in (">", ">=") and other.operator in ("<", "<="):
            is_closed = one.operator == ">=" and other.operator == "<="
            return bool(one.value <= other.value if is_closed else one.value < other.value)
    return True


def _number(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError
    return value


def _seconds(text: str) -> float:
    if ago := AGO.fullmatch(text):
        return time.time() - int(ago["number"]) * AGO_SECONDS[ago["unit"]]
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _boolean(text: str) -> float:
    return ("false", "true").index(text)


def _text(text: str) -> str:
    """Returns a text as it is, or what a JSON string has: `"null"` is a text."""
    return QUOTED.validate_json(text, strict=True) if text.startswith('"') else text


READERS: dict[Kind, Callable[[str], Any]] = {"number": _number, "time": _seconds, "boolean": _boolean, "text": _text}


def _invalid(message: str, loc: Loc) -> Invalid:
    return Invalid(sentence(message), [FieldError(loc, message)])
