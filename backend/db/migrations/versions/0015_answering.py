"""how the exports of a run answer: scaled by a temperature, and only when sure enough

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

TEMPERATURE = "whether probabilities are scaled by a fitted temperature"
THRESHOLD = "least confidence of an answer; null: it always answers"


def upgrade() -> None:
    op.create_table(
        "answerings",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("temperature", sa.Boolean(), nullable=False, comment=TEMPERATURE),
        sa.Column("threshold", sa.Double(), nullable=True, comment=THRESHOLD),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_answerings_run_id_runs"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_answerings")),
    )


def downgrade() -> None:
    op.drop_table("answerings")
