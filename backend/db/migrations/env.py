"""Alembic's entry: the connection comes from `backend.db.migrate`, or from the settings on the command line."""

from alembic import context
from sqlalchemy import Connection

from backend.db.engine import open_database
from backend.db.models import Table
from backend.settings import Settings


def run(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=Table.metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    with open_database(Settings()).engine.begin() as own:
        run(own)
