"""The board that the tests of comparisons write their runs to, one for each file."""

from collections.abc import Iterator

import pytest

from backend.application import create_app
from backend.settings import Settings
from tests.conftest import NO_REDIS
from tests.support.runs.compared import ComparedBoard
from tests.support.service.documented import DocumentedClient
from tests.support.storage.databases import create_sqlite


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ComparedBoard]:
    """A board on SQLite with the dataset `digits` of six images, two of each class."""
    folder = tmp_path_factory.mktemp("compared")
    settings = Settings(
        data_dir=folder, redis_url=NO_REDIS, frontend_dir=folder / "no-page", allowed_hosts=["testserver"]
    )
    create_sqlite(settings)
    app = create_app(settings)
    database = app.state.board.database
    board = ComparedBoard(database, folder, DocumentedClient(app))
    board.dataset("digits", [0, 0, 1, 1, 2, 2])
    yield board
    database.engine.dispose()
