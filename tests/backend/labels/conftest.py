"""The board that the tests of labels write their datasets and runs to, one for each file."""

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
    folder = tmp_path_factory.mktemp("labels")
    settings = Settings(
        data_dir=folder, redis_url=NO_REDIS, frontend_dir=folder / "no-page", allowed_hosts=["testserver"]
    )
    create_sqlite(settings)
    app = create_app(settings)
    yield ComparedBoard(app.state.board.database, folder, DocumentedClient(app))
    app.state.board.database.engine.dispose()
