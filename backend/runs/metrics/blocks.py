"""Packs the metrics of full blocks of epochs, so that a long run is read without decoding the JSON of each epoch."""

import struct
from collections.abc import Iterator, Mapping

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from backend.db.models import Epoch, MetricBlock

BLOCK_EPOCHS = 512  # fewer: more rows for a long run; more: more epochs whose JSON is decoded


def pack_blocks(session: Session, run_id: str, epoch: int) -> None:
    """Packs the block that ends with `epoch`, and earlier ones that are missing; does nothing inside a block.

    An earlier one is missing where a trainer of a version without blocks was still training after an update. The rows
    of the epochs, also that of `epoch`, are in the current transaction.
    """
    if epoch % BLOCK_EPOCHS:
        return
    existing = set(session.scalars(select(MetricBlock.block).where(MetricBlock.run_id == run_id).distinct()))
    for block in sorted(set(range(epoch // BLOCK_EPOCHS)) - existing):
        _pack(session, run_id, block)


def _pack(session: Session, run_id: str, block: int) -> None:
    first = block * BLOCK_EPOCHS + 1
    of_block = Epoch.epoch.between(first, first + BLOCK_EPOCHS - 1)
    rows = session.execute(select(Epoch.epoch, Epoch.metrics).where(Epoch.run_id == run_id, of_block))
    for name, values in packed({epoch - first: metrics for epoch, metrics in rows}):
        session.add(MetricBlock(run_id=run_id, block=block, name=name, values=values))


def packed(metrics: Mapping[int, Mapping[str, float | None]]) -> Iterator[tuple[str, bytes]]:
    """Yields the name and the little-endian float64 values of each metric of a block, by position in it from 0.

    NaN stands for null, and for an epoch without the metric.
    """
    for name in dict.fromkeys(name for values in metrics.values() for name in values):
        column = (metrics.get(position, {}).get(name) for position in range(BLOCK_EPOCHS))
        yield name, struct.pack(f"<{BLOCK_EPOCHS}d", *(float("nan") if value is None else value for value in column))


def delete_blocks_after(session: Session, run_id: str, epoch: int) -> None:
    """Deletes the blocks of a run that have an epoch after `epoch`."""
    later = MetricBlock.block >= epoch // BLOCK_EPOCHS
    session.execute(delete(MetricBlock).where(MetricBlock.run_id == run_id, later))
