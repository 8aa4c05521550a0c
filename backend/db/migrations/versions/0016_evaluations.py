"""what is computed from best models after training

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "evaluations",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("of_sha256", sa.Text(), nullable=False, comment="of the best.keras that it is made of"),
        sa.Column("touched_at", sa.Double(), nullable=False, comment="last sign of the job that makes it"),
        sa.Column("claim", sa.Text(), nullable=True, comment="names the folder of the job that makes it"),
        sa.Column(
            "tries", sa.Integer(), nullable=False, server_default="0", comment="jobs that took it since it was wanted"
        ),
        sa.Column("progress", sa.Double(), nullable=False, comment="from 0 to 1"),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("finished_at", sa.Double(), nullable=True),
        sa.Column("epoch", sa.Integer(), nullable=False, comment="of the best.keras that it is made of"),
        sa.Column("result", sa.JSON(), nullable=True, comment="what is small enough to need no file"),
        sa.Column("files", sa.JSON(), nullable=True, comment="SHA-256 of each file by its name"),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_evaluations_run_id_runs"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run_id", "kind", name=op.f("pk_evaluations")),
    )


def downgrade() -> None:
    op.drop_table("evaluations")
