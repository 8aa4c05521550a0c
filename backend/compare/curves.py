"""Curves of many runs on one axis: one line for each run, or the mean of each group with a band around it."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from sqlalchemy.orm import Session

from backend.compare.bands import Curve, band, thinned
from backend.compare.image_counts import image_counts
from backend.compare.schemas import CurveLine, Curves, CurvesQuery, LeftOut
from backend.compare.selection import matching_runs, named_runs
from backend.db.models import Run
from backend.errors import FieldError, Invalid
from backend.phrases import listed, quoted, sentence
from backend.runs.metrics.columns import Floats, numbers, read_columns
from backend.runs.metrics.names import METRICS
from backend.runs.table.fields import RunField, Value, find_fields
from backend.runs.table.filters import RunFilter
from backend.runs.table.values import FieldValues, field_values

MAX_RUNS = 1_000
NO_POINTS = np.empty(0)


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
        if run.id in values:  # it may have been deleted since it was found
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
    points = _points(session, [run.id for run in runs], query)
    images = image_counts(session, data_dir, runs) if query.x == "images" else {}
    curves: dict[str, Curve] = {}
    left_out: list[LeftOut] = []
    for run in runs:
        x, y = points.get(run.id, (NO_POINTS, NO_POINTS))
        if not np.isfinite(y).any():
            left_out.append(_left_out(run, f"it has no value of {query.metric} yet; it is {run.status}"))
        elif query.x == "images" and run.id not in images:
            left_out.append(_left_out(run, f"the number of its images is unknown: dataset {run.dataset!r} is gone"))
        else:
            curves[run.id] = Curve(x * images[run.id].train if query.x == "images" else x, y)
    return curves, left_out


def _points(session: Session, ids: Sequence[str], query: CurvesQuery) -> dict[str, tuple[Floats, Floats]]:
    """Returns the epochs, or the seconds since the first one began, and the values of the metric by run."""
    runs = read_columns(session, ids, [query.metric, "seconds"] if query.x == "seconds" else [query.metric])
    return {
        run_id: (
            columns.elapsed() if query.x == "seconds" else columns.epochs.astype(np.float64),
            columns.column(query.metric),
        )
        for run_id, columns in runs.items()
    }


def _lines(
    values: FieldValues | None, members: Sequence[Run], curves: Mapping[str, Curve], max_points: int
) -> list[CurveLine]:
    """Returns the line of a group or of one run; none where no run of it has a curve."""
    present = [curves[run.id] for run in members if run.id in curves]
    if not present:
        return []
    line = thinned(band(present), max_points)
    return [
        CurveLine(
            label=members[0].name if values is None else _label(values),
            values=values,
            run=members[0].id if values is None else None,
            n=len(present),
            x=line.x.tolist(),
            mean=numbers(line.mean),
            low=numbers(line.mean - line.deviation),
            high=numbers(line.mean + line.deviation),
            counts=line.counts.tolist(),
        )
    ]


def _label(values: FieldValues) -> str:
    return listed(f"{path} = {'not set' if value is None else value}" for path, value in values.items())


def _left_out(run: Run, reason: str) -> LeftOut:
    return LeftOut(run=run.id, name=run.name, reason=sentence(reason))


def _invalid(name: str, message: str) -> Invalid:
    return Invalid(sentence(message), [FieldError(["query", name], message)])
