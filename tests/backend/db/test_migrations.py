"""The migrations create the tables of the models."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from backend.db.engine import Database
from backend.db.models import Table


def test_a_migrated_database_has_the_tables_of_the_models(database: Database) -> None:
    with database.engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), Table.metadata)

    assert differences == []


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_several_processes_may_migrate_at_once(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    url = empty_database(request.getfixturevalue("postgresql")) if kind == "postgresql" else ""
    environment = {**os.environ, "EPOCHBOARD_DATABASE_URL": url, "EPOCHBOARD_DATA_DIR": str(tmp_path)}
    command = (sys.executable, "-W", "error", "-m", "standalone.main", "migrate")

    processes = [subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    results = [(process.communicate(timeout=60)[1], process.returncode) for process in processes]

    assert results == [("", 0)] * 4


def empty_database(url: str) -> str:
    """Creates a new database on the server of `url` and returns its URL."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE DATABASE empty")
    engine.dispose()
    return engine.url.set(database="empty").render_as_string(hide_password=False)
