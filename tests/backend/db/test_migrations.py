"""The migrations create the tables of the models."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, select

from backend.db import engine
from backend.db.engine import Database, migrate, open_database
from backend.db.migrated import migrating, newest_version, stored_version
from backend.db.models import Export, Run, RunChange, SearchText, Table
from backend.runs.create import queue_new_run
from backend.runs.schemas import RunCreate
from backend.settings import Settings


def test_a_migrated_database_has_the_tables_of_the_models(database: Database) -> None:
    with database.engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), Table.metadata)

    assert differences == []


def test_a_service_migrates_a_new_database_to_the_version_of_the_last_migration(settings: Settings) -> None:
    assert stored_version(settings) is None

    with migrating(settings):
        pass

    assert stored_version(settings) == newest_version()


def test_runs_of_an_older_version_are_found_after_the_migration(settings: Settings) -> None:
    migrate(settings)
    database = open_database(settings)
    with database.write() as session:
        queue_new_run(session, RunCreate(recipe="digits-quick", name="ÉCLAIR", tags=["Größe"], notes="Übung"))

    run_alembic(database, command.downgrade, "0007")
    run_alembic(database, command.upgrade, "head")

    with database.read() as session:
        assert session.scalars(select(SearchText.text)).all() == ["éclair\ngrösse\nübung"]
    database.engine.dispose()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_changes_of_runs_of_an_older_version_are_logged_after_the_migration(
    kind: str, settings: Settings, request: pytest.FixtureRequest
) -> None:
    if kind == "postgresql":
        url = empty_database(request.getfixturevalue("postgresql"), "older")
        settings = replace(settings, database_url=url)
    migrate(settings)
    database = open_database(settings)
    with database.write() as session:
        run_id = queue_new_run(session, RunCreate(recipe="digits-quick"))[0].id

    run_alembic(database, command.downgrade, "0020")
    run_alembic(database, command.upgrade, "head")
    with database.write() as session:
        session.get_one(Run, run_id).notes = "changed"

    with database.read() as session:
        assert session.scalars(select(RunChange.run_id)).all() == [run_id]
    database.engine.dispose()


def test_median_times_of_earlier_bundles_are_not_kept(settings: Settings) -> None:
    migrate(settings)
    database = open_database(settings)
    with database.write() as session:
        run, _ = queue_new_run(session, RunCreate(recipe="digits-quick"))
        session.add(
            Export(run_id=run.id, kind="bundle", status="ready", of_sha256="0", touched_at=0.0, prediction_ms=0.42)
        )

    run_alembic(database, command.downgrade, "0021")
    run_alembic(database, command.upgrade, "head")

    with database.read() as session:
        assert session.execute(select(Export.status, Export.prediction_ms)).all() == [("ready", None)]
    database.engine.dispose()


def run_alembic(database: Database, change: Callable[[Config, str], object], revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(engine.__file__).parent / "migrations"))
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        change(config, revision)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_several_processes_may_migrate_at_once(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    url = empty_database(request.getfixturevalue("postgresql"), "empty") if kind == "postgresql" else ""
    environment = {**os.environ, "EPOCHBOARD_DATABASE_URL": url, "EPOCHBOARD_DATA_DIR": str(tmp_path)}
    command = (sys.executable, "-W", "error", "-m", "standalone.main", "migrate")

    processes = [subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    results = [(process.communicate(timeout=60)[1], process.returncode) for process in processes]

    assert results == [("", 0)] * 4


def empty_database(url: str, name: str) -> str:
    """Creates a new database on the server of `url` and returns its URL."""
    server = create_engine(url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    server.dispose()
    return server.url.set(database=name).render_as_string(hide_password=False)
