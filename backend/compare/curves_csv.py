"""Writes curves as CSV: one line for each point."""

from collections.abc import Iterator

from backend.compare.schemas import CurveLine, Curves
from backend.csv_text import Cell, csv_lines


def curves_csv(curves: Curves) -> str:
    """Returns the points of all lines. `run` is empty for a group, `runs` the number of runs that a mean is of."""
    head = ("label", "run", curves.x, curves.metric, "low", "high", "runs")
    return csv_lines([head, *(point for line in curves.lines for point in _points(line))])


def _points(line: CurveLine) -> Iterator[list[Cell]]:
    for x, *values in zip(line.x, line.mean, line.low, line.high, line.counts, strict=True):
        position = int(x) if x.is_integer() else x  # an epoch is 1, not 1.0
        yield [line.label, line.run, position, *values]
