"""Curves of many runs on one axis: one line for each run, or the mean of each group with a band around it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.compare.image_counts import image_counts
from backend.compare.schemas import CurveLine, Curves, CurvesQuery, LeftOut
from backend.compare.selection import matching_runs, named_runs
from backend.db.models import Epoch, Run
from backend.errors import FieldError, Invalid
from backend.phrases import listed, quoted, sentence
from backend.runs.history import METRICS
from backend.runs.series import downsample
from backend.runs.table.fields import RunField, Value, find_fields
from backend.runs.table.filters import RunFilter
from backend.runs.table.values import FieldValues, field_values

MAX_RUNS = 1_000
GRID_POINTS = 400  # of a group whose runs have no x in common; a chart is some 600 pixels wide
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Curve:
    """The points of one run: `x` ascending, `y` with NaN for gaps, both of shape (epochs,)."""

    run: Run
    x: Floats
    y: Floats


def compare_curves(session: Session, data_dir: Path, query: CurvesQuery) -> Curves:
    """Returns the lines of one metric.

    Raises:
        Invalid: There is no such metric or field, or as `named_runs` and `matching_runs`.
        NotFound: As `named_runs`.
    """
    if query.metric not in METRICS:
        raise _invalid("metric", f"there is no metric {quoted(query.metric)}; the metrics are {listed(METRICS)}")
    fields = find_fields(query.group_by or "", ["query", "group_by"])
    runs = _runs(session, query)
    curves, left_out = _curves(session, data_dir, runs, query)
    return Curves(
        metric=query.metric,
        x=query.x,
        total=len(runs),
        lines=[
            line
            for values, members in _groups(session, runs, fields)
            for line in _lines(values, members, curves, query.max_points)
        ],
        left_out=left_out,
    )


def _runs(session: Session, query: CurvesQuery) -> list[Run]:
    if query.runs is None:
        return matching_runs(session, query, most=MAX_RUNS)
    if filters := query.model_fields_set & set(RunFilter.model_fields):
        raise _invalid("runs", f"give either runs or filters; you gave runs and {listed(sorted(filters))}")
    return named_runs(session, query.runs, least=1, most=MAX_RUNS)


def _groups(
    session: Session, runs: Sequence[Run], fields: Sequence[RunField]
) -> list[tuple[FieldValues | None, list[Run]]]:
    """Returns the runs with the values that they share, in the order of the values; without fields each run alone."""
    if not fields:
        return [(None, [run]) for run in runs]
    values = field_values(session, [run.id for run in runs], fields)
    groups: dict[tuple[Value, ...], list[Run]] = {}
    for run in runs:
        groups.setdefault(tuple(values[run.id].values()), []).append(run)
    in_order = sorted(groups.items(), key=lambda group: [_sort_key(value) for value in group[0]])
    return [({field.path: v for field, v in zip(fields, key, strict=True)}, members) for key, members in in_order]


def _sort_key(value: Value) -> tuple[int, float, str]:
    """Sorts numbers before texts before absent values."""
    if value is None:
        return 2, 0.0, ""
    return (0, float(value), "") if isinstance(value, int | float) else (1, 0.0, str(value))


def _curves(
    session: Session, data_dir: Path, runs: Sequence[Run], query: CurvesQuery
) -> tuple[dict[str, Curve], list[LeftOut]]:
    """Returns the curves by the runs' ids, and the runs that have none."""
    points = _points(session, [run.id for run in runs], query.metric)
    images = image_counts(session, data_dir, runs) if query.x == "images" else {}
    curves: dict[str, Curve] = {}
    left_out: list[LeftOut] = []
    for run in runs:
        epochs, y, seconds = points.get(run.id, _NO_POINTS)
        if not np.isfinite(y).any():
            left_out.append(_left_out(run, f"it has no value of {query.metric} yet; it is {run.status}"))
        elif query.x == "images" and run.id not in images:
            left_out.append(_left_out(run, f"the number of its images is unknown: dataset {run.dataset!r} is gone"))
        elif query.x == "images":
            curves[run.id] = Curve(run, epochs * images[run.id].train, y)
        else:
            curves[run.id] = Curve(run, epochs if query.x == "epoch" else np.cumsum(np.nan_to_num(seconds)), y)
    return curves, left_out


_NO_POINTS: tuple[Floats, Floats, Floats] = (np.empty(0), np.empty(0), np.empty(0))


def _points(session: Session, ids: Sequence[str], metric: str) -> dict[str, tuple[Floats, Floats, Floats]]:
    """Returns epochs, values of the metric, and seconds of each epoch, by run; NaN where there is none."""
    columns = Epoch.run_id, Epoch.epoch, Epoch.metrics[metric].as_float(), Epoch.metrics["seconds"].as_float()
    rows = session.execute(select(*columns).where(Epoch.run_id.in_(ids)).order_by(Epoch.run_id, Epoch.epoch))
    by_run = groupby(rows, key=itemgetter(0))
    return {run_id: _arrays(row[1:] for row in members) for run_id, members in by_run}


def _arrays(rows: Iterable[tuple[Any, ...]]) -> tuple[Floats, Floats, Floats]:
    epochs, values, seconds = np.array(list(rows), np.float64).T
    return epochs, values, seconds


def _lines(
    values: FieldValues | None, members: Sequence[Run], curves: Mapping[str, Curve], max_points: int
) -> list[CurveLine]:
    """Returns the line of a group or of one run; none where no run of it has a curve."""
    present = [curves[run.id] for run in members if run.id in curves]
    if not present:
        return []
    if values is None:
        return [_line(present[0].run.name, None, present, present[0].x, present[0].y[np.newaxis], max_points)]
    grid = _grid(present)
    table = np.stack([np.interp(grid, curve.x, curve.y, left=np.nan, right=np.nan) for curve in present])
    label = listed(f"{path} = {'not set' if value is None else value}" for path, value in values.items())
    return [_line(label, values, present, grid, table, max_points)]


def _grid(curves: Sequence[Curve]) -> Floats:
    """Returns the x that a group is drawn at: all that its runs have, or evenly spaced ones if that is too many."""
    grid = np.unique(np.concatenate([curve.x for curve in curves]))
    longest = max(len(curve.x) for curve in curves)
    return grid if len(grid) <= max(longest, GRID_POINTS) else np.linspace(grid[0], grid[-1], GRID_POINTS)


def _line(
    label: str, values: FieldValues | None, curves: Sequence[Curve], x: Floats, table: Floats, max_points: int
) -> CurveLine:
    """Returns mean ± standard deviation of `table`, of shape (runs, points)."""
    counts = np.isfinite(table).sum(axis=0)
    known = np.where(np.isfinite(table), table, 0.0)
    mean = np.where(counts > 0, known.sum(axis=0) / np.maximum(counts, 1), np.nan)
    squares = (np.where(np.isfinite(table), table - mean, 0.0) ** 2).sum(axis=0)
    deviation = np.sqrt(squares / np.maximum(counts - 1, 1))
    kept = downsample([_numbers(mean)], len(x), max_points)
    return CurveLine(
        label=label,
        values=values,
        run=curves[0].run.id if values is None else None,
        n=len(curves),
        x=x[kept].tolist(),
        mean=_numbers(mean[kept]),
        low=_numbers((mean - deviation)[kept]),
        high=_numbers((mean + deviation)[kept]),
        counts=counts[kept].tolist(),
    )


def _numbers(values: Floats) -> list[float | None]:
    return [value if value == value else None for value in values.tolist()]  # NaN differs from itself


def _left_out(run: Run, reason: str) -> LeftOut:
    return LeftOut(run=run.id, name=run.name, reason=sentence(reason))


def _invalid(name: str, message: str) -> Invalid:
    return Invalid(sentence(message), [FieldError(["query", name], message)])
