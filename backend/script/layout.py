"""Writes Python source: values as literals, with all text from outside escaped, laid out as ruff formats them."""

from collections.abc import Sequence
from typing import Any

WIDTH = 120


def literal(value: Any) -> str:
    """Returns a number, text, list, tuple or None as source text."""
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, list):
        return f"[{', '.join(map(literal, value))}]"
    if isinstance(value, tuple):
        return f"({', '.join(map(literal, value))}{',' * (len(value) == 1)})"
    return repr(value)


def escaped(text: str) -> str:
    """Returns text for a docstring or a literal in double quotes: one line, with nothing that could end it."""
    return "".join(_escape(character, '"') for character in text)


def _quoted(text: str) -> str:
    quote = "'" if text.count('"') > text.count("'") else '"'
    return quote + "".join(_escape(character, quote) for character in text) + quote


def _escape(character: str, quote: str) -> str:
    if character in ("\\", quote):
        return f"\\{character}"
    if character.isprintable():
        return character
    code = ord(character)
    if code < 256:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 65_536 else f"\\U{code:08x}"


def assigned(name: str, value: str) -> str:
    """Returns `name = value`, in parentheses if the line is too long."""
    line, inner = f"{name} = {literal(value)}", f"    {literal(value)}"
    return f"{name} = (\n{inner}\n)" if len(line) > WIDTH >= len(inner) else line


def call(head: str, arguments: Sequence[str], indent: int = 0, tail: str = "") -> str:
    """Returns `head(arguments)` in one line if it fits, else the arguments in a line of their own or one a line."""
    pad, joined = " " * indent, ", ".join(arguments)
    if len(line := f"{pad}{head}({joined}){tail}") <= WIDTH and "\n" not in line:
        return line
    if len(inner := f"{pad}    {joined}") <= WIDTH and "\n" not in inner:
        return f"{pad}{head}(\n{inner}\n{pad}){tail}"
    return f"{pad}{head}(\n{_each(arguments, indent + 4)}{pad}){tail}"


def rows(head: str, items: Sequence[str], brackets: str, indent: int = 0, tail: str = "") -> str:
    """Returns `head[items]` in one line if it fits, else one item a line."""
    pad = " " * indent
    line = f"{pad}{head}{brackets[0]}{', '.join(items)}{brackets[1]}{tail}"
    if len(line) <= WIDTH and "\n" not in line:
        return line
    return f"{pad}{head}{brackets[0]}\n{_each(items, indent + 4)}{pad}{brackets[1]}{tail}"


def _each(items: Sequence[str], indent: int) -> str:
    return "".join(f"{' ' * indent}{item},\n" for item in items)
