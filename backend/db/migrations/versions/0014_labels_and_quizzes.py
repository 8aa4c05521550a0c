"""decisions about labels, versions of datasets, and quizzes

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    comment = "of a version: the dataset that it is made of, and the changes"
    op.add_column("datasets", sa.Column("derivation", sa.JSON(none_as_null=True), nullable=True, comment=comment))
    _create_tables_of_labels()
    _create_tables_of_quizzes()


def _create_tables_of_labels() -> None:
    op.create_table(
        "label_decisions",
        sa.Column("dataset", sa.Text(), nullable=False),
        sa.Column("split", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=True, comment="the new class, of relabel"),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.Double(), nullable=False),
        sa.Column("revision", sa.Text(), nullable=False, comment="a new one with each decision about the image"),
        _foreign_key("label_decisions", "dataset", "datasets", "name"),
        sa.PrimaryKeyConstraint("dataset", "split", "position", name=op.f("pk_label_decisions")),
    )
    op.create_table(
        "people_labels",
        sa.Column("dataset", sa.Text(), nullable=False),
        sa.Column("split", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=False),
        _foreign_key("people_labels", "dataset", "datasets", "name"),
        sa.PrimaryKeyConstraint("dataset", "split", "position", "label", name=op.f("pk_people_labels")),
    )


def _create_tables_of_quizzes() -> None:
    op.create_table(
        "quizzes",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("dataset", sa.Text(), nullable=False),
        sa.Column("split", sa.Text(), nullable=False),
        sa.Column("classes", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("images", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        _foreign_key("quizzes", "run_id", "runs", "id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quizzes")),
    )
    op.create_index(op.f("ix_quizzes_run_id"), "quizzes", ["run_id"])
    op.create_table(
        "quiz_answers",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("quiz_id", sa.Text(), nullable=False),
        sa.Column("player", sa.Text(), nullable=False),
        sa.Column("answers", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("right_answers", sa.Integer(), nullable=False),
        sa.Column("answered_at", sa.Double(), nullable=False),
        _foreign_key("quiz_answers", "quiz_id", "quizzes", "id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiz_answers")),
    )
    op.create_index(op.f("ix_quiz_answers_quiz_id"), "quiz_answers", ["quiz_id"])


def _foreign_key(table: str, column: str, other: str, key: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.{key}"], name=name, ondelete="CASCADE")


def downgrade() -> None:
    for table in ("quiz_answers", "quizzes", "people_labels", "label_decisions"):
        op.drop_table(table)
    op.drop_column("datasets", "derivation")
