"""studies, and the place of a run in its study

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True)


def upgrade() -> None:
    op.create_table(
        "studies",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("objective", sa.Text(), nullable=False),
        sa.Column("request", JSON, nullable=False, comment="the fields of its kind: space, seeds, pruner, …"),
        sa.Column("spec", JSON, nullable=False, comment="what its runs have in common"),
        sa.Column("recipe", sa.Text()),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("runs", sa.Integer(), nullable=False),
        sa.Column("trials", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("stopped_at", sa.Double()),
        sa.Column("settled_at", sa.Double(), comment="when the driver had nothing left to do"),
        sa.Column("importance", JSON, comment="share of each path"),
        sa.Column(
            "importance_of",
            sa.Integer(),
            nullable=False,
            comment="finished trials that it was computed from",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_studies"),
    )
    op.create_index("ix_studies_created_at", "studies", ["created_at", "id"])
    op.create_index("ix_studies_settled_at", "studies", ["settled_at", "id"])
    op.add_column("runs", sa.Column("trial", sa.Integer(), comment="number in its study, from 0"))
    op.add_column("runs", sa.Column("study_values", JSON, comment="what its study chose, by path"))
    op.add_column(
        "runs", sa.Column("pruned_epoch", sa.Integer(), comment="epoch after which its study's pruner ended it")
    )
    op.add_column(
        "runs",
        sa.Column(
            "yields",
            sa.Boolean(),
            nullable=False,
            server_default=sa.false(),
            comment="launched by a study: others of its priority go first",
        ),
    )
    op.drop_index("ix_runs_queue", "runs")
    op.create_index("ix_runs_queue", "runs", ["status", "priority", "yields", "queued_at", "id"])
    op.create_index("uq_runs_trial", "runs", ["study", "trial"], unique=True)


def downgrade() -> None:
    op.drop_index("uq_runs_trial", "runs")
    op.drop_index("ix_runs_queue", "runs")
    op.create_index("ix_runs_queue", "runs", ["status", "priority", "queued_at", "id"])
    for column in ("yields", "pruned_epoch", "study_values", "trial"):
        op.drop_column("runs", column)
    op.drop_table("studies")
