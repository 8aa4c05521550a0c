"""a log of changed runs, by which the runs table is kept in memory, in place of an index for each of its fields

Revision ID: 0021
Revises: 0020
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

EVENTS = {"inserted": ("INSERT", "NEW"), "updated": ("UPDATE", "NEW"), "deleted": ("DELETE", "OLD")}
SQLITE_TRIGGER = """
CREATE TRIGGER run_{name} AFTER {event} ON runs BEGIN
  INSERT INTO run_changes (version, run_id) SELECT coalesce(max(version), 0) + 1, {row}.id FROM run_changes;
END
"""
POSTGRESQL_FUNCTION = """
CREATE FUNCTION note_changed_run() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO run_changes (version, run_id)
  VALUES (pg_current_xact_id()::text::bigint, coalesce(NEW.id, OLD.id)) ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$
"""
POSTGRESQL_TRIGGER = """
CREATE TRIGGER run_changed AFTER INSERT OR UPDATE OR DELETE ON runs FOR EACH ROW EXECUTE FUNCTION note_changed_run()
"""
FILTERED = ("status", "model", "study", "owner")
SORTED = (
    *("started_at", "finished_at", "name", "status", "dataset", "model", "epoch", "epochs", "parameters"),
    *("best_loss", "best_accuracy", "best_val_loss", "best_val_accuracy", "best_val_macro_f1"),
)
INDEXES = {
    **{f"ix_runs_of_{column}": [column, "created_at", "id"] for column in FILTERED},
    "ix_runs_best_of_model": ["model", "best_val_accuracy", "id"],
    **{f"ix_runs_{column}": [column, "id"] for column in SORTED},
}
FIELD_INDEXES = {  # `ix_runs_by_` and the path of a field; which ones depends on the version that made them
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'index' AND name LIKE 'ix\\_runs\\_by\\_%' ESCAPE '\\'",
    "postgresql": "SELECT indexname FROM pg_indexes WHERE indexname LIKE 'ix\\_runs\\_by\\_%'",
}


def upgrade() -> None:
    op.create_table(
        "run_changes",
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("version", "run_id", name=op.f("pk_run_changes")),
        sqlite_with_rowid=False,
    )
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        for name, (event, row) in EVENTS.items():
            op.execute(SQLITE_TRIGGER.format(name=name, event=event, row=row))
    else:
        op.execute(POSTGRESQL_FUNCTION)
        op.execute(POSTGRESQL_TRIGGER)
    of_fields = connection.execute(sa.text(FIELD_INDEXES[connection.dialect.name])).scalars().all()
    for name in (*of_fields, *INDEXES):
        op.drop_index(name, "runs")


def downgrade() -> None:
    for name, columns in INDEXES.items():
        op.create_index(name, "runs", columns)
    if op.get_bind().dialect.name == "sqlite":
        for name in EVENTS:
            op.execute(f"DROP TRIGGER run_{name}")
    else:
        op.execute("DROP TRIGGER run_changed ON runs")
        op.execute("DROP FUNCTION note_changed_run()")
    op.drop_table("run_changes")
