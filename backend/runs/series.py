"""The metrics of a run as series, thinned where a chart could not show more anyway."""

from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.db.models import Epoch
from backend.errors import FieldError, Invalid
from backend.runs.schemas import Series

Values = list[float | None]


def metric_series(session: Session, run_id: str, names: Sequence[str] | None, max_points: int | None) -> Series:
    """All series of a run, or those of `names`, as long as `epochs`."""
    rows = session.execute(select(Epoch.epoch, Epoch.metrics).where(Epoch.run_id == run_id).order_by(Epoch.epoch)).all()
    known = list(dict.fromkeys(name for _, metrics in rows for name in metrics))
    if rows:
        _check(names or [], known)
    series = {name: [metrics.get(name) for _, metrics in rows] for name in names or known}
    kept = thin(list(series.values()), len(rows), max_points)
    return Series(
        epochs=[rows[i].epoch for i in kept],
        series={name: [values[i] for i in kept] for name, values in series.items()},
    )


def thin(series: Sequence[Values], length: int, max_points: int | None) -> list[int]:
    """Positions to keep: the first, the last, and each series' lowest and highest value in every stretch.

    Never more than the larger of `max_points` and two of each series with the ends.
    """
    if max_points is None or length <= max_points:
        return list(range(length))
    stretches = max(1, (max_points - 2) // max(1, 2 * len(series)))
    kept = {0, length - 1}
    for number in range(stretches):
        start, stop = number * length // stretches, (number + 1) * length // stretches
        for values in series:
            kept.update(_extremes(values, start, stop))
    return sorted(kept)


def _extremes(values: Values, start: int, stop: int) -> Iterator[int]:
    finite = [i for i in range(start, stop) if values[i] is not None]
    if finite:
        yield min(finite, key=lambda i: values[i] or 0.0)
        yield max(finite, key=lambda i: values[i] or 0.0)


def _check(names: Sequence[str], known: Sequence[str]) -> None:
    for name in names:
        if name not in known:
            message = f"there is no metric {name!r}; this run has {', '.join(known)}"
            raise Invalid(f"T{message[1:]}.", [FieldError(["query", "names"], message)])
