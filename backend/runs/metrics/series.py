"""Reads the metrics of a run as series, downsampled for charts."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from backend.errors import FieldError, Invalid
from backend.runs.metrics.columns import NO_EPOCHS, numbers, read_columns
from backend.runs.metrics.downsample import downsample
from backend.runs.schemas import Series


def metric_series(session: Session, run_id: str, names: Sequence[str] | None, max_points: int | None) -> Series:
    """Returns all series of a run, or those of `names`, each as long as `epochs`.

    Raises:
        Invalid: The run has epochs, but no metric of that name.
    """
    columns = read_columns(session, [run_id]).get(run_id, NO_EPOCHS)
    if len(columns.epochs):
        _check(names or [], list(columns.series))
    series = {name: columns.column(name) for name in names or columns.series}
    kept = downsample(list(series.values()), len(columns.epochs), max_points)
    return Series(
        epochs=columns.epochs[kept].tolist(),
        series={name: numbers(values[kept]) for name, values in series.items()},
        elapsed=columns.elapsed()[kept].tolist(),
    )


def _check(names: Sequence[str], existing: Sequence[str]) -> None:
    for name in names:
        if name not in existing:
            message = f"there is no metric {name!r}; this run has {', '.join(existing)}"
            raise Invalid(f"T{message[1:]}.", [FieldError(["query", "names"], message)])
