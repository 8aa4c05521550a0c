"""The database file is moved away or replaced while the service runs: nothing is written, and nothing is lost."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from backend.application import create_app
from backend.db.engine import migrate, open_database
from backend.settings import Settings
from tests.support.runs.run_life import launch
from tests.support.service.documented import DocumentedClient


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    migrate(settings)
    app = create_app(settings)
    yield DocumentedClient(app)
    app.state.board.database.engine.dispose()


@pytest.fixture
def file(settings: Settings) -> Path:
    return settings.data_dir / "epochboard.db"


def test_a_database_that_was_moved_away_is_not_made_anew_and_goes_on_once_it_is_back(
    client: TestClient, file: Path
) -> None:
    launch(client)
    file.rename(file.with_name("elsewhere"))

    write, read = client.post("/api/runs", json={"recipe": "digits-quick"}), client.get("/api/runs")

    assert not file.exists()
    assert (write.status_code, read.status_code, write.headers["Retry-After"]) == (503, 503, "5")
    assert "epochboard.db is not there; nothing was changed. Move the file back" in write.json()["detail"]
    file.with_name("elsewhere").rename(file)
    launch(client)
    assert client.get("/api/runs").json()["total"] == 2


def test_a_database_that_was_replaced_is_not_written(client: TestClient, settings: Settings, file: Path) -> None:
    launch(client)
    file.rename(file.with_name("elsewhere"))
    migrate(settings)

    response = client.post("/api/runs", json={"recipe": "digits-quick"})

    assert response.status_code == 503
    assert "was replaced by another file while the board runs" in response.json()["detail"]
    other = DocumentedClient(create_app(settings))
    assert other.get("/api/runs").json()["total"] == 0


def test_a_process_that_starts_without_a_database_makes_none(settings: Settings, file: Path) -> None:
    response = DocumentedClient(create_app(settings)).get("/api/runs")

    assert (response.status_code, file.exists()) == (503, False)


def test_a_folder_with_characters_that_mean_something_in_an_address_is_opened(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "100% own #1?")
    migrate(settings)

    with open_database(settings).read() as session:
        assert session.connection().exec_driver_sql("SELECT count(*) FROM runs").scalar_one() == 0
