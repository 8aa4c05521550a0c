"""decisions on compared runs, and bets on new ones

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    comment = "best val_accuracy that was expected before the launch"
    op.add_column("runs", sa.Column("bet", sa.Double(), nullable=True, comment=comment))
    kept = "id of the run that is kept; null: none is preferred"
    op.create_table(
        "decisions",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kept", sa.Text(), nullable=True, comment=kept),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
    )
    op.create_index("ix_decisions_created_at", "decisions", ["created_at", "id"])
    op.create_table(
        "decision_runs",
        sa.Column("decision_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False, comment="of the run when it was decided"),
        sa.ForeignKeyConstraint(
            ["decision_id"],
            ["decisions.id"],
            name=op.f("fk_decision_runs_decision_id_decisions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("decision_id", "position", name=op.f("pk_decision_runs")),
    )
    op.create_index(op.f("ix_decision_runs_run_id"), "decision_runs", ["run_id"])


def downgrade() -> None:
    op.drop_table("decision_runs")
    op.drop_table("decisions")
    op.drop_column("runs", "bet")
