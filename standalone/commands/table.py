"""Formats rows as aligned columns for the terminal."""

from collections.abc import Sequence


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Returns the rows below the header. Characters that would change the terminal are written as escapes."""
    header, rows = [harmless(cell) for cell in header], [[harmless(cell) for cell in row] for row in rows]
    widths = [max(len(cell) for cell in column) for column in zip(header, *rows, strict=True)]
    lines = (
        "  ".join(f"{cell:<{width}}" for cell, width in zip(line, widths, strict=True)) for line in (header, *rows)
    )
    return "\n".join(line.rstrip() for line in lines)


def harmless(text: str) -> str:
    """Returns a text with escapes for what is not printable: control characters, and those that change directions."""
    return "".join(character if character.isprintable() else ascii(character)[1:-1] for character in text)
