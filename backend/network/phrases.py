"""How shapes, numbers and what was given are written in sentences."""

import json
from collections.abc import Iterable

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
LONGEST = 60


def size(shape: Iterable[int]) -> str:
    """14×14×32."""
    return "×".join(map(str, shape))


def counted(number: int, noun: str) -> str:
    """Five poolings."""
    word = NUMBERS[number] if number < len(NUMBERS) else f"{number:,}"
    return f"{word} {noun}" if number == 1 else f"{word} {noun}s"


def shown(value: object) -> str:
    """A value as its sender wrote it, in JSON, cut where it is long."""
    if isinstance(value, list | dict) and len(value) > LONGEST:
        return f"{'a list' if isinstance(value, list) else 'an object'} of {len(value):,}"
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}…"


def listed(names: Iterable[str]) -> str:
    return ", ".join(names)
