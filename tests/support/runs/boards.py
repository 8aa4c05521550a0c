"""A board of one test file, with runs that the tests write."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from backend.application import create_app
from backend.settings import Settings
from tests.conftest import NO_REDIS
from tests.support.runs.compared import ComparedBoard
from tests.support.service.documented import DocumentedClient
from tests.support.storage.databases import create_sqlite


@contextmanager
def board_in(folder: Path) -> Iterator[ComparedBoard]:
    """Yields an empty board on SQLite, without Redis and without the page."""
    settings = Settings(
        data_dir=folder, redis_url=NO_REDIS, frontend_dir=folder / "no-page", allowed_hosts=["testserver"]
    )
    create_sqlite(settings)
    app = create_app(settings)
    database = app.state.board.database
    yield ComparedBoard(database, folder, DocumentedClient(app))
    database.engine.dispose()
