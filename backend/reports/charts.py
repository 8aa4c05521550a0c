"""The charts of a report as coordinates; its template draws them as SVG."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from backend.phrases import percent
from backend.runs.schemas import Series
from backend.trust.schemas import CalibrationRead

WIDTH, HEIGHT = 460.0, 230.0
LEFT, RIGHT, TOP, BOTTOM = 52.0, 372.0, 16.0, 198.0
RELIABILITY_RIGHT = 448.0
TICKS = 4
LABEL_DISTANCE = 14.0  # between the labels of two lines that end at the same value


@dataclass(frozen=True)
class Tick:
    at: float
    text: str


@dataclass(frozen=True)
class Line:
    """`parts` are lists of points as SVG writes them, apart where a value is missing."""

    label: str
    label_y: float
    is_dashed: bool
    parts: list[str]


@dataclass(frozen=True)
class Chart:
    title: str
    lines: list[Line]
    x_ticks: list[Tick]
    y_ticks: list[Tick]
    best_x: float | None


@dataclass(frozen=True)
class Point:
    x: float
    y: float
    low: float
    high: float


@dataclass(frozen=True)
class Reliability:
    points: list[Point]
    x_ticks: list[Tick]
    y_ticks: list[Tick]


def curves(series: Series, best_epoch: int | None) -> list[Chart]:
    """Returns the charts of loss and accuracy that the run has values for."""
    charts = (_curve(title, name, series, best_epoch) for title, name in (("Loss", "loss"), ("Accuracy", "accuracy")))
    return [chart for chart in charts if chart is not None]


def _curve(title: str, name: str, series: Series, best_epoch: int | None) -> Chart | None:
    named = [("training", series.series.get(name)), ("validation", series.series.get(f"val_{name}"))]
    lines = [(label, values) for label, values in named if values and any(value is not None for value in values)]
    known = [value for _, values in lines for value in values if value is not None]
    if not known:
        return None
    first, last, low, high = series.epochs[0], series.epochs[-1], min(known), max(known)
    across = [_between(epoch, first, last, LEFT, RIGHT) for epoch in series.epochs]
    drawn = [
        _line(label, across, [None if value is None else _up(value, low, high) for value in values])
        for label, values in lines
    ]
    return Chart(
        title=title,
        lines=_apart(drawn),
        x_ticks=[Tick(_between(epoch, first, last, LEFT, RIGHT), str(epoch)) for epoch in sorted({first, last})],
        y_ticks=_value_ticks(low, high),
        best_x=None if best_epoch is None else _between(best_epoch, first, last, LEFT, RIGHT),
    )


def _value_ticks(low: float, high: float) -> list[Tick]:
    """Returns ticks at round values: about TICKS of them, between the least and the greatest value."""
    step = _round_step((high - low) / TICKS)
    values = [step * number for number in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)]
    return [Tick(_up(value, low, high), f"{value:.{_decimals(step)}f}") for value in values]


def _round_step(rough: float) -> float:
    """Returns 1, 2 or 5 times a power of ten, at least `rough`; 1 for a range without extent."""
    power = 10.0 ** math.floor(math.log10(rough)) if rough > 0 else 1.0
    return next((factor * power for factor in (1, 2, 5, 10) if factor * power >= rough), power)


def _decimals(step: float) -> int:
    return max(0, -math.floor(math.log10(step)))


def _up(value: float, low: float, high: float) -> float:
    return _between(value, low, high, BOTTOM, TOP)


def _between(value: float, low: float, high: float, start: float, end: float) -> float:
    """Maps `low` to `start` and `high` to `end`; a range without extent to the middle."""
    share = 0.5 if high == low else (value - low) / (high - low)
    return round(start + share * (end - start), 1)


def _line(label: str, across: Sequence[float], up: Sequence[float | None]) -> Line:
    parts: list[list[str]] = [[]]
    for x, y in zip(across, up, strict=True):
        if y is None:
            parts.append([])
        else:
            parts[-1].append(f"{x},{y}")
    last = next(y for y in reversed(up) if y is not None)
    return Line(label, last, label == "training", [" ".join(part) for part in parts if part])


def _apart(lines: list[Line]) -> list[Line]:
    """Moves the label of the lower line down, if two lines end close together."""
    if len(lines) < 2:
        return lines
    upper, lower = sorted(lines, key=lambda line: line.label_y)
    label_y = max(lower.label_y, upper.label_y + LABEL_DISTANCE)
    return [upper, Line(lower.label, label_y, lower.is_dashed, lower.parts)]


def reliability(calibration: CalibrationRead) -> Reliability:
    """Returns the points of the reliability diagram, as trained, with intervals; both axes go from 0 to 100 %."""
    bins = [(bin_.confidence, bin_.accuracy, bin_.interval) for bin_ in calibration.bins]
    ticks = [at / TICKS for at in range(TICKS + 1)]
    return Reliability(
        points=[
            Point(_right(sure), _share_up(accuracy), _share_up(interval[0]), _share_up(interval[1]))
            for sure, accuracy, interval in bins
            if sure is not None and accuracy is not None and interval is not None
        ],
        x_ticks=[Tick(_right(tick), percent(tick, 0)) for tick in ticks],
        y_ticks=[Tick(_share_up(tick), percent(tick, 0)) for tick in ticks],
    )


def _right(share: float) -> float:
    return _between(share, 0, 1, LEFT, RELIABILITY_RIGHT)


def _share_up(share: float) -> float:
    return _between(share, 0, 1, BOTTOM, TOP)
