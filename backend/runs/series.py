"""Reads the metrics of a run as series, downsampled for charts."""

from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.db.models import Epoch
from backend.errors import FieldError, Invalid
from backend.runs.schemas import Series

Values = list[float | None]


def metric_series(session: Session, run_id: str, names: Sequence[str] | None, max_points: int | None) -> Series:
    """Returns all series of a run, or those of `names`, each as long as `epochs`.

    Raises:
        Invalid: The run has epochs, but no metric of that name.
    """
    rows = session.execute(select(Epoch.epoch, Epoch.metrics).where(Epoch.run_id == run_id).order_by(Epoch.epoch)).all()
    known = list(dict.fromkeys(name for _, metrics in rows for name in metrics))
    if rows:
        _check(names or [], known)
    series = {name: [metrics.get(name) for _, metrics in rows] for name in names or known}
    kept = downsample(list(series.values()), len(rows), max_points)
    return Series(
        epochs=[rows[i].epoch for i in kept],
        series={name: [values[i] for i in kept] for name, values in series.items()},
    )


def downsample(series: Sequence[Values], length: int, max_points: int | None) -> list[int]:
    """Returns the positions to keep: both ends, and the minimum and maximum of each series in every bucket.

    There are at most `max_points` of them, or two per series and the ends if that is more.
    """
    if max_points is None or length <= max_points:
        return list(range(length))
    buckets = max(1, (max_points - 2) // max(1, 2 * len(series)))
    kept = {0, length - 1}
    for bucket in range(buckets):
        start, stop = bucket * length // buckets, (bucket + 1) * length // buckets
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
