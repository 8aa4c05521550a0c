"""Predicts an image with a run's best model over HTTP: the helper request, the response, errors and removed files."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from backend.datasets.store import Manifest
from backend.db.engine import Database
from backend.db.models import Dataset, Run
from backend.errors import Invalid
from backend.messaging.rpc import HelperClient
from backend.settings import Settings
from tests.support.runs.run_life import claim_writer, launch, run_in_training, saved_epoch, sha_of
from worker.run_writer import RunWriter
from worker.training.report import PixelStatistics

RESPONSE = {"top": [[3, 0.75], [8, 0.125]], "seen": "data:image/png;base64,aGk="}
DIGITS = Manifest("digits", list("0123456789"), [8, 8, 1], {}, "the hash")

Handler = Callable[[dict[str, Any]], dict[str, Any]]


class FakeHelper:
    """Responds to requests with `handler`; records the requests and the content of their image files."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self.requests: list[dict[str, Any]] = []
        self.images: list[bytes] = []
        self.handler: Handler = lambda _request: RESPONSE

    def call(self, request: dict[str, Any]) -> dict[str, Any]:
        self.requests.append(request)
        self.images.append((self._data_dir / request["image"]).read_bytes())
        return self.handler(request)

    def image_files(self) -> list[Path]:
        return list((self._data_dir / "questions").glob("*"))


@pytest.fixture(autouse=True)
def helper(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> FakeHelper:
    fake = FakeHelper(settings.data_dir)
    monkeypatch.setattr(HelperClient, "call", lambda _self, request: fake.call(request))
    return fake


@pytest.fixture
def writer(client: TestClient, database: Database, settings: Settings) -> RunWriter:
    """The writer of a run that was just launched and claimed."""
    launch(client)
    return claim_writer(database, settings)


def id_of(writer: RunWriter) -> str:
    return writer.folder.parent.name


def post_image(client: TestClient, writer: RunWriter, body: bytes = b"an image") -> Any:
    return client.post(f"/api/runs/{id_of(writer)}/predict", content=body)


def test_the_likeliest_classes_of_the_best_model_are_returned(client: TestClient, writer: RunWriter) -> None:
    writer.record_preprocessing(DIGITS, None)
    writer.save_epoch(saved_epoch(writer, 1))

    response = post_image(client, writer)

    assert response.status_code == 200, response.text
    assert response.json() == {
        "top": [{"class": "3", "probability": 0.75}, {"class": "8", "probability": 0.125}],
        "epoch": 1,
        "seen": RESPONSE["seen"],
    }


def test_the_helper_gets_the_image_as_a_file_that_is_removed_afterwards(
    client: TestClient, writer: RunWriter, helper: FakeHelper
) -> None:
    writer.record_preprocessing(DIGITS, PixelStatistics((120.5,), (60.25,)))
    writer.save_epoch(saved_epoch(writer, 1))

    post_image(client, writer, b"the bytes")

    (request,) = helper.requests
    assert request["model"] == {
        "path": f"runs/{id_of(writer)}/e1/best-1.keras",
        "sha256": sha_of("best-1.keras"),
        "epoch": 1,
    }
    assert request["preprocessing"] == {
        "image_shape": (8, 8, 1),
        "fit": "stretch",
        "scaling": "unit",
        "statistics": {"mean": [120.5], "deviation": [60.25]},
        "value_range": None,
        "packages": [],
    }
    assert helper.images == [b"the bytes"]
    assert helper.image_files() == []


def test_a_camera_frame_asks_for_all_classes_and_not_for_itself(
    client: TestClient, writer: RunWriter, helper: FakeHelper, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer.record_preprocessing(DIGITS, None)
    writer.save_epoch(saved_epoch(writer, 1))
    monkeypatch.setattr("backend.api.http.request_body.sync_file", lambda path: pytest.fail(f"flushed {path}"))
    helper.handler = lambda _request: {**RESPONSE, "seen": None}

    response = client.post(f"/api/runs/{id_of(writer)}/predict?top=10&seen=false", content=b"a frame")

    assert response.json()["seen"] is None
    assert [helper.requests[0][option] for option in ("top", "seen")] == [10, False]
    assert helper.image_files() == []


def test_the_request_is_repeated_with_the_new_best_model_when_the_old_one_was_replaced(
    client: TestClient, writer: RunWriter, helper: FakeHelper
) -> None:
    writer.record_preprocessing(DIGITS, None)
    writer.save_epoch(saved_epoch(writer, 1))

    def replace_model(request: dict[str, Any]) -> dict[str, Any]:
        if request["model"]["epoch"] == 1:
            writer.save_epoch(saved_epoch(writer, 2))
            return {"model_replaced": True}
        return RESPONSE

    helper.handler = replace_model

    assert post_image(client, writer).json()["epoch"] == 2


def test_a_model_that_is_replaced_each_time_is_reported(
    client: TestClient, writer: RunWriter, helper: FakeHelper
) -> None:
    writer.record_preprocessing(DIGITS, None)
    writer.save_epoch(saved_epoch(writer, 1))

    def replace_model(request: dict[str, Any]) -> dict[str, Any]:
        writer.save_epoch(saved_epoch(writer, request["model"]["epoch"] + 1))
        return {"model_replaced": True}

    helper.handler = replace_model

    response = post_image(client, writer)

    assert response.status_code == 503
    assert "try again in a few seconds" in response.json()["detail"]


def test_a_model_file_that_the_worker_does_not_find_is_reported(
    client: TestClient, writer: RunWriter, helper: FakeHelper
) -> None:
    writer.record_preprocessing(DIGITS, None)
    writer.save_epoch(saved_epoch(writer, 1))
    helper.handler = lambda _request: {"model_replaced": True}

    response = post_image(client, writer)

    assert response.status_code == 503
    assert "can't find the file of this run's best model" in response.json()["detail"]


def test_a_run_without_a_model_says_when_it_has_one(client: TestClient, writer: RunWriter, helper: FakeHelper) -> None:
    response = post_image(client, writer)

    assert response.status_code == 409
    assert "has no model yet, it is preparing; try again after its first epoch" in response.json()["detail"]
    assert helper.requests == []


def test_a_failed_run_without_a_model_cannot_predict(client: TestClient, writer: RunWriter, database: Database) -> None:
    update_run(database, id_of(writer), status="failed")

    response = post_image(client, writer)

    assert response.status_code == 409
    assert "is failed without a best model" in response.json()["detail"]


def test_an_unknown_run_is_not_found(client: TestClient) -> None:
    response = client.post("/api/runs/nothing/predict", content=b"x")

    assert response.status_code == 404


def test_an_undecodable_image_is_reported_and_its_file_removed(
    client: TestClient, writer: RunWriter, helper: FakeHelper
) -> None:
    writer.record_preprocessing(DIGITS, None)
    writer.save_epoch(saved_epoch(writer, 1))

    def refuse(_request: dict[str, Any]) -> dict[str, Any]:
        raise Invalid("This picture can't be used: it is damaged.")

    helper.handler = refuse
    response = post_image(client, writer)

    assert response.status_code == 422
    assert response.json()["detail"] == "This picture can't be used: it is damaged."
    assert helper.image_files() == []


def test_an_empty_body_is_refused_before_the_helper_is_called(
    client: TestClient, writer: RunWriter, helper: FakeHelper
) -> None:
    writer.record_preprocessing(DIGITS, None)
    writer.save_epoch(saved_epoch(writer, 1))

    response = post_image(client, writer, b"")

    assert response.status_code == 422
    assert "The image is empty (0 bytes); send a JPEG or a PNG, for example." in response.json()["detail"]
    assert helper.requests == []


@pytest.mark.parametrize("has_content_length", [True, False])
def test_too_large_an_image_is_refused_before_the_helper_is_called(
    client: TestClient, writer: RunWriter, helper: FakeHelper, monkeypatch: pytest.MonkeyPatch, has_content_length: bool
) -> None:
    monkeypatch.setattr("backend.api.predict.MAX_IMAGE_BYTES", 2_000_000)
    writer.record_preprocessing(DIGITS, None)
    writer.save_epoch(saved_epoch(writer, 1))
    body: Any = bytes(2_000_001) if has_content_length else (bytes(1_000_001) for _ in range(2))

    response = client.post(f"/api/runs/{id_of(writer)}/predict", content=body)

    assert response.status_code == 413
    assert "larger than the allowed 2,000,000 bytes. Save the image in a smaller size" in response.json()["detail"]
    assert helper.requests == []
    assert helper.image_files() == []


def test_a_run_without_stored_preprocessing_takes_it_from_its_dataset(
    client: TestClient, writer: RunWriter, helper: FakeHelper, database: Database
) -> None:
    leaves = Manifest("leaves", ["ash", "oak"], [16, 16, 3], {}, "h", fit="pad", image_size=16, color="rgb")
    update_run(database, id_of(writer), dataset="leaves", dataset_hash="h")
    with database.write() as session:
        session.add(Dataset(name="leaves", status="ready", manifest=leaves.as_json(), touched_at=0.0))
    writer.save_epoch(saved_epoch(writer, 1))
    helper.handler = lambda _request: {**RESPONSE, "top": [[1, 0.5]]}

    response = post_image(client, writer)

    assert response.json()["top"] == [{"class": "oak", "probability": 0.5}]
    assert helper.requests[0]["preprocessing"]["fit"] == "pad"


def test_a_run_without_stored_preprocessing_whose_dataset_was_replaced_cannot_predict(
    client: TestClient, writer: RunWriter, database: Database
) -> None:
    update_run(database, id_of(writer), dataset="leaves", dataset_hash="h")
    writer.save_epoch(saved_epoch(writer, 1))

    response = post_image(client, writer)

    assert response.status_code == 409
    assert "its dataset 'leaves' was deleted or replaced" in response.json()["detail"]


def test_a_run_without_stored_preprocessing_on_a_built_in_dataset_can_predict(
    client: TestClient, writer: RunWriter, helper: FakeHelper
) -> None:
    writer.save_epoch(saved_epoch(writer, 1))

    assert post_image(client, writer).status_code == 200
    assert helper.requests[0]["preprocessing"]["image_shape"] == (8, 8, 1)


def test_a_run_without_stored_statistics_cannot_predict_with_standard_scaling(
    client: TestClient, database: Database, settings: Settings
) -> None:
    spec = client.get("/api/recipes").json()["items"][0]["spec"]
    _, writer = run_in_training(client, database, settings, spec={**spec, "preprocessing": {"scaling": "standard"}})

    response = post_image(client, writer)

    assert response.status_code == 409
    assert "the mean and deviation for its scaling were not stored" in response.json()["detail"]


def update_run(database: Database, run_id: str, **values: Any) -> None:
    with database.write() as session:
        row = session.get(Run, run_id)
        assert row is not None
        for name, value in values.items():
            setattr(row, name, value)
