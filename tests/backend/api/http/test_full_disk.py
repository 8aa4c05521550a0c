"""A full disk is answered by 507 with a sentence, and leaves neither a file nor a row."""

from pathlib import Path

import pytest
from sqlalchemy import event
from starlette.testclient import TestClient

from backend.application import create_app
from backend.artifacts import prediction
from backend.db.engine import Database, open_database
from backend.settings import Settings
from backend.uploads import new_dataset
from tests.support.files.zips import pets, zipped
from tests.support.runs.run_life import run_in_training
from tests.support.service.documented import DocumentedClient
from tests.support.storage.databases import create_sqlite

SENTENCE = "The disk of the data folder is full, so nothing was kept. Free some space, then send the request again."


@pytest.fixture
def database(settings: Settings) -> Database:
    create_sqlite(settings)
    return open_database(settings)


@pytest.fixture
def full_disk(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Has request bodies written to a device that is always full; returns the folder that they are in."""
    folder = settings.data_dir / "full"
    folder.mkdir()

    def path_on_full_disk(_data_dir: Path) -> Path:
        path = folder / "body.part"
        path.symlink_to("/dev/full")
        return path

    monkeypatch.setattr(new_dataset, "new_upload_path", path_on_full_disk)
    monkeypatch.setattr(prediction, "new_image_path", path_on_full_disk)
    return folder


def test_an_upload_is_refused_and_leaves_nothing(client: TestClient, full_disk: Path) -> None:
    response = client.post("/api/datasets?name=pets", content=zipped(pets()))

    assert (response.status_code, response.json()["detail"]) == (507, SENTENCE)
    assert list(full_disk.iterdir()) == []
    assert client.get("/api/datasets/pets").status_code == 404


def test_an_upload_to_look_at_is_refused(client: TestClient, full_disk: Path) -> None:
    response = client.post("/api/uploads", content=zipped(pets()))

    assert (response.status_code, response.json()["detail"], list(full_disk.iterdir())) == (507, SENTENCE, [])


def test_a_file_of_a_built_in_dataset_is_refused(client: TestClient, full_disk: Path) -> None:
    response = client.post("/api/datasets/mnist/prepare", content=bytes(100))

    assert (response.status_code, list(full_disk.iterdir())) == (507, [])
    assert client.get("/api/datasets/mnist").json()["status"] == "missing"


def test_an_image_to_predict_is_refused(
    client: TestClient, database: Database, settings: Settings, full_disk: Path
) -> None:
    run_id, _ = run_in_training(client, database, settings)

    response = client.post(f"/api/runs/{run_id}/predict", content=b"an image")

    assert (response.status_code, list(full_disk.iterdir())) == (507, [])


def test_a_disk_that_is_full_when_the_upload_is_renamed_leaves_nothing(
    client: TestClient, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(_folder: Path) -> None:
        with open("/dev/full", "wb", buffering=0) as full:
            full.write(b"x")

    monkeypatch.setattr(new_dataset, "sync_folder", no_room)

    response = client.post("/api/datasets?name=pets", content=zipped(pets()))

    assert (response.status_code, response.json()["detail"]) == (507, SENTENCE)
    assert list((settings.data_dir / "uploads").iterdir()) == []


def test_a_database_without_room_is_read_and_writes_nothing(database: Database, settings: Settings) -> None:
    with database.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    app = create_app(settings)
    engine = app.state.board.database.engine
    event.listen(engine, "connect", lambda connection, _: connection.execute(f"PRAGMA max_page_count={pages}"))
    client = DocumentedClient(app)

    response = client.post("/api/runs", json={"recipe": "digits-quick", "notes": "x" * 9_000})

    assert (response.status_code, response.json()["detail"]) == (507, SENTENCE.replace("data folder", "database"))
    assert client.get("/api/runs").json()["total"] == 0
    engine.dispose()
