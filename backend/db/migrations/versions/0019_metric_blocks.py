"""metrics of full blocks of epochs, packed

Revision ID: 0019
Revises: 0018
"""

import struct
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

BLOCK_EPOCHS = 512
EPOCHS = sa.table("epochs", sa.column("run_id"), sa.column("epoch"), sa.column("metrics", sa.JSON()))


def upgrade() -> None:
    blocks = op.create_table(
        "metric_blocks",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("block", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("values", sa.LargeBinary(), nullable=False, comment="float64, little-endian; NaN for null"),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_metric_blocks_run_id_runs"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run_id", "block", "name", name=op.f("pk_metric_blocks")),
    )
    longest = sa.select(EPOCHS.c.run_id, sa.func.max(EPOCHS.c.epoch)).group_by(EPOCHS.c.run_id)
    for run_id, last in op.get_bind().execute(longest).all():
        for block in range(last // BLOCK_EPOCHS):
            rows = [{"run_id": run_id, "block": block, **row} for row in _pack(run_id, block)]
            op.bulk_insert(blocks, rows)


def _pack(run_id: str, block: int) -> list[dict[str, Any]]:
    """Packs one block, so that a long run is never in memory as a whole."""
    first = block * BLOCK_EPOCHS + 1
    of_block = EPOCHS.c.epoch.between(first, first + BLOCK_EPOCHS - 1)
    epochs = sa.select(EPOCHS.c.epoch, EPOCHS.c.metrics).where(EPOCHS.c.run_id == run_id, of_block)
    metrics = {epoch - first: values for epoch, values in op.get_bind().execute(epochs)}
    columns = {
        name: [metrics.get(position, {}).get(name) for position in range(BLOCK_EPOCHS)]
        for name in {name for values in metrics.values() for name in values}
    }
    return [{"name": name, "values": _float64(values)} for name, values in columns.items()]


def _float64(values: list[float | None]) -> bytes:
    return struct.pack(f"<{BLOCK_EPOCHS}d", *(float("nan") if value is None else value for value in values))


def downgrade() -> None:
    op.drop_table("metric_blocks")
