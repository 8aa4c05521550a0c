"""how a person stopped a run, the best model as of each state, and what becomes of a run's pictures

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("runs", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("stop", sa.Text(), nullable=True, comment="how a person asked it to end: finish or kill")
        )
        batch_op.add_column(
            sa.Column(
                "machine",
                sa.Text(),
                nullable=True,
                comment="versions, threads, device and precision it was last trained with",
            )
        )
        batch_op.add_column(
            sa.Column(
                "preprocessing",
                sa.JSON(none_as_null=True),
                nullable=True,
                comment="what becomes of a picture; null: trained before this was kept",
            )
        )
        batch_op.create_index("ix_runs_cloned_from", ["cloned_from"])
    with op.batch_alter_table("states", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("best", sa.JSON(none_as_null=True), nullable=True, comment="null: saved before this was kept")
        )


def downgrade() -> None:
    with op.batch_alter_table("states", schema=None) as batch_op:
        batch_op.drop_column("best")
    with op.batch_alter_table("runs", schema=None) as batch_op:
        batch_op.drop_index("ix_runs_cloned_from")
        batch_op.drop_column("preprocessing")
        batch_op.drop_column("machine")
        batch_op.drop_column("stop")
