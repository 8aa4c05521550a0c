"""What the values of a column mean: classes, splits, or texts that are kept."""

import json
from collections.abc import Iterable
from typing import Any

from backend.requests import bad_character
from backend.uploads.schemas import PartRole
from backend.uploads.tables.roles import Columns
from backend.uploads.tables.words import NO, SPLIT_VALUES, YES

MAX_VALUE_LENGTH = 200  # characters
NUMBERED_SPLITS: dict[str, PartRole] = {"0": "train", "1": "validation", "2": "test"}


def label_names(text: str) -> list[str]:
    """Returns the class that a value names; of the lists and objects that annotation tools write, all of them."""
    value = _parsed(text)
    if isinstance(value, dict):
        value = value.get("choices", value.get("choice"))
    names = value if isinstance(value, list) else [value]
    if not all(isinstance(name, str | int) for name in names):
        return [text]
    return [str(name).strip() for name in names if str(name).strip()]


def _parsed(text: str) -> Any:
    """Returns the value of JSON, also as Python writes it, or the text itself."""
    for spelling in (text, text.replace("'", '"')) if text.startswith(("[", "{")) else ():
        try:
            return json.loads(spelling)
        except (ValueError, RecursionError):
            continue
    return text


def column_problem(values: Iterable[str]) -> str | None:
    """Returns why a column's values can't be kept, or None."""
    for value in values:
        if len(value) > MAX_VALUE_LENGTH:
            return f"a value has more than {MAX_VALUE_LENGTH} characters"
        if bad := bad_character(value):
            return f"a value has {bad}"
    return None


def split_meanings(columns: Columns, values: Iterable[str]) -> dict[str, PartRole]:
    """Returns what the values of the split column mean; of folds, the last is test."""
    if columns.split is None:
        return {}
    distinct = {value.casefold() for value in values if value}
    if any(value in SPLIT_VALUES for value in distinct):
        return dict(SPLIT_VALUES)
    if distinct <= set(YES + NO):
        yes = _role_of_yes(columns.names[columns.split].casefold())
        no: PartRole = "test" if yes == "train" else "train"
        return {**dict.fromkeys(NO, no), **dict.fromkeys(YES, yes)}
    if distinct == set(NUMBERED_SPLITS) and "fold" not in columns.names[columns.split].casefold():
        return dict(NUMBERED_SPLITS)
    folds = sorted(distinct, key=lambda value: (len(value), value))
    return {**dict.fromkeys(folds, "train"), folds[-1]: "test"}


def _role_of_yes(name: str) -> PartRole:
    """Returns what 1 means in a column such as `is_train`. Where the name doesn't say it, 1 comes after 0."""
    if "train" in name:
        return "train"
    return "validation" if "val" in name else "test"
