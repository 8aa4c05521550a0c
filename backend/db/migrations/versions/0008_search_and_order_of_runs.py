"""the text by which runs are found, and an index for each filter and order of their list

Revision ID: 0008
Revises: 0007
"""

import unicodedata
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BATCH = 1_000  # rows
FILTERED = ("status", "dataset", "model", "study", "owner")
SORTED = (
    *("created_at", "started_at", "finished_at", "name", "status", "dataset", "model", "epoch", "epochs", "parameters"),
    *("best_loss", "best_accuracy", "best_val_loss", "best_val_accuracy", "best_val_macro_f1"),
)
INDEXES = {
    "ix_runs_queue": ["status", "priority", "queued_at", "id"],
    **{f"ix_runs_of_{column}": [column, "created_at", "id"] for column in FILTERED},
    "ix_runs_best_of_model": ["model", "best_val_accuracy", "id"],
    **{f"ix_runs_{column}": [column, "id"] for column in SORTED},
}
OLD_INDEXES = {
    "ix_runs_created": ["created_at", "id"],
    "ix_runs_line": ["status", "priority", "queued_at"],
    "ix_runs_best_val_accuracy": ["best_val_accuracy", "id"],
    "ix_runs_best_val_loss": ["best_val_loss", "id"],
}


def upgrade() -> None:
    texts = op.create_table(
        "search_texts",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_search_texts_run_id_runs"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_search_texts")),
    )
    for rows in _search_texts():
        op.bulk_insert(texts, rows)
    _replace(OLD_INDEXES, INDEXES)
    op.drop_column("runs", "woken_at")


def _search_texts() -> Iterator[list[dict[str, Any]]]:
    """Yields the rows of `search_texts` in batches, as `backend.runs.table.search` writes them."""
    runs = sa.table("runs", sa.column("id"), sa.column("name"), sa.column("tags", sa.JSON), sa.column("notes"))
    batch = sa.select(runs.c.id, runs.c.name, runs.c.tags, runs.c.notes).order_by(runs.c.id).limit(BATCH)
    after = ""
    while rows := op.get_bind().execute(batch.where(runs.c.id > after)).all():
        yield [
            {"run_id": run_id, "text": _folded("\n".join((name, *tags, notes)))} for run_id, name, tags, notes in rows
        ]
        after = rows[-1].id


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def _replace(old: dict[str, list[str]], new: dict[str, list[str]]) -> None:
    for name in old:
        op.drop_index(name, "runs")
    for name, columns in new.items():
        op.create_index(name, "runs", columns)


def downgrade() -> None:
    op.add_column("runs", sa.Column("woken_at", sa.Double(), nullable=False, server_default="0"))
    _replace(INDEXES, OLD_INDEXES)
    op.drop_table("search_texts")
