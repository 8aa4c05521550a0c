"""Formats rows as aligned columns for the terminal."""

from collections.abc import Sequence


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(cell) for cell in column) for column in zip(header, *rows, strict=True)]
    lines = (
        "  ".join(f"{cell:<{width}}" for cell, width in zip(line, widths, strict=True)) for line in (header, *rows)
    )
    return "\n".join(line.rstrip() for line in lines)
