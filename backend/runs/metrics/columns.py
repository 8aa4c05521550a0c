"""Reads the metrics of runs as columns: from blocks, and from the rows of the epochs after the last block."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

from backend.db.models import Epoch, MetricBlock
from backend.runs.metrics.blocks import BLOCK_EPOCHS
from backend.runs.metrics.names import METRICS

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Columns:
    """Metrics of one run. `epochs` ascend, and each series is as long; NaN where a value is missing or not finite."""

    epochs: npt.NDArray[np.int64]
    series: dict[str, Floats]

    def column(self, name: str) -> Floats:
        """Returns a metric; NaN for each epoch if the run does not have it."""
        return self.series[name] if name in self.series else np.full(len(self.epochs), np.nan)

    def elapsed(self) -> Floats:
        """Returns the seconds of training from the start of the first epoch to the end of each one."""
        return np.nancumsum(self.column("seconds"))


NO_EPOCHS = Columns(np.empty(0, np.int64), {})
EpochMetrics = tuple[int, Mapping[str, float | None]]


def read_columns(session: Session, run_ids: Sequence[str], names: Sequence[str] | None = None) -> dict[str, Columns]:
    """Returns the columns of the runs that have an epoch, by their ids: all metrics, or those of `names`."""
    packed = _read_blocks(session, run_ids, names)
    rows = _read_rows(session, {run_id: len(packed.get(run_id, NO_EPOCHS).epochs) for run_id in run_ids}, names)
    return {
        run_id: _appended(packed.get(run_id, NO_EPOCHS), rows.get(run_id, []))
        for run_id in run_ids
        if run_id in packed or run_id in rows
    }


def numbers(values: Floats) -> list[float | None]:
    """Returns values for JSON, with None for NaN."""
    return [value if value == value else None for value in values.tolist()]  # NaN differs from itself


def _read_blocks(session: Session, run_ids: Sequence[str], names: Sequence[str] | None) -> dict[str, Columns]:
    """Reads the blocks and their number in one statement: between two, a run may be rolled back."""
    columns: dict[str, Columns] = {}
    for run_id, last, block, name, values in session.execute(_block_query(run_ids, names)):
        if run_id not in columns:
            columns[run_id] = Columns(np.arange(1, (last + 1) * BLOCK_EPOCHS + 1), {})
        if name is not None:
            series = columns[run_id].series
            if name not in series:
                series[name] = columns[run_id].column(name)
            series[name][block * BLOCK_EPOCHS : (block + 1) * BLOCK_EPOCHS] = np.frombuffer(values, "<f8")
    return columns


def _block_query(run_ids: Sequence[str], names: Sequence[str] | None) -> Select[Any]:
    """Selects at least one row of each run that has blocks, also where none of them has a metric of `names`."""
    last = select(MetricBlock.run_id, func.max(MetricBlock.block).label("last"))
    runs = last.where(MetricBlock.run_id.in_(run_ids)).group_by(MetricBlock.run_id).subquery()
    is_read = MetricBlock.run_id == runs.c.run_id
    if names is not None:
        is_read &= MetricBlock.name.in_(names)
    return select(runs.c.run_id, runs.c.last, MetricBlock.block, MetricBlock.name, MetricBlock.values).outerjoin_from(
        runs, MetricBlock, is_read
    )


def _read_rows(
    session: Session, after: Mapping[str, int], names: Sequence[str] | None
) -> dict[str, list[EpochMetrics]]:
    """Reads the epochs of each run after a number; runs with the same number in one statement."""
    metrics = [Epoch.metrics] if names is None else [Epoch.metrics[name].as_float() for name in names]
    rows: dict[str, list[EpochMetrics]] = {}
    for epoch in set(after.values()):
        run_ids = [run_id for run_id, number in after.items() if number == epoch]
        later = select(Epoch.run_id, Epoch.epoch, *metrics).where(Epoch.run_id.in_(run_ids), Epoch.epoch > epoch)
        for row in session.execute(later.order_by(Epoch.run_id, Epoch.epoch)):
            rows.setdefault(row[0], []).append((row[1], _metrics(row, names)))
    return rows


def _metrics(row: Row[Any], names: Sequence[str] | None) -> Mapping[str, float | None]:
    _, _, *values = tuple(row)
    return values[0] if names is None else dict(zip(names, values, strict=True))


def _appended(columns: Columns, rows: Sequence[EpochMetrics]) -> Columns:
    """Returns columns with more epochs, the trainer's metrics first and in its order."""
    epochs = np.append(columns.epochs, np.array([epoch for epoch, _ in rows], np.int64))
    later = dict.fromkeys(name for _, metrics in rows for name in metrics)
    names = dict.fromkeys([*(name for name in METRICS if name in columns.series or name in later), *later])
    series = {
        name: np.append(columns.column(name), np.array([metrics.get(name) for _, metrics in rows], np.float64))
        for name in [*names, *(name for name in columns.series if name not in names)]
    }
    return Columns(epochs, series)
