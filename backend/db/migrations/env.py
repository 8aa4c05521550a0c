"""Entry point of Alembic: takes the connection from `backend.db.engine.migrate`, or opens one from the settings."""

from alembic import context
from sqlalchemy import Connection

from backend.db.engine import open_database
from backend.db.models import Table
from backend.settings import Settings


def run(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=Table.metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


connection = context.config.attributes.get("connection")
if connection is not None:
    run(connection)
else:
    with open_database(Settings()).engine.begin() as opened:
        run(opened)
