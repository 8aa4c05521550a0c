"""Datasets over HTTP: uploads, preparation, provided files, deletion, and interrupted uploads."""

import dataclasses
import hashlib
import re
import threading
from dataclasses import replace
from typing import Any

import pytest
from starlette.testclient import TestClient

from backend.application import create_app
from backend.datasets import feature_store
from backend.datasets.built_in import BUILT_IN
from backend.settings import Settings
from tests.support.files.folders import files_below
from tests.support.files.zips import encoded, noise, pets, with_wrong_crc, zipped
from tests.support.service.documented import DocumentedClient
from tests.support.service.waiting import wait_until
from tests.support.storage.databases import create_sqlite
from worker.datasets import ingest_job
from worker.datasets.preparing import prepare_dataset

ZIP = zipped(pets())


@pytest.fixture
def client(settings: Settings) -> TestClient:
    create_sqlite(settings)
    return DocumentedClient(create_app(settings))


def upload(client: TestClient, content: bytes = ZIP, **query: Any) -> Any:
    return client.post("/api/datasets", params={"name": "pets", **query}, content=content)


def read(client: TestClient, name: str = "pets") -> Any:
    return client.get(f"/api/datasets/{name}").json()


def test_an_upload_is_accepted_and_then_prepared_by_a_worker(client: TestClient, settings: Settings) -> None:
    accepted = upload(client, image_size=16, fit="pad", color="grayscale")

    assert accepted.status_code == 202
    assert accepted.json() == read(client)
    assert (accepted.json()["status"], accepted.json()["origin"]) == ("preparing", "upload")
    assert accepted.json()["fit"] == "pad"
    assert [path.rpartition(".")[2] for path in files_below(settings.data_dir, with_locks=False)] == ["zip"]

    prepare_dataset(settings, "pets")

    ready = read(client)
    assert (ready["status"], ready["progress"], ready["error"]) == ("ready", None, None)
    assert ready["counts"] == {"train": [8, 8], "test": [2, 2]}
    assert (ready["fit"], ready["image_size"], ready["color"]) == ("pad", 16, "grayscale")
    assert ready["image_shape"] == [16, 16, 1]
    assert all("datasets/" in path for path in files_below(settings.data_dir, with_locks=False))
    assert client.get("/api/datasets/pets/images/test/3.png").status_code == 200
    assert [item["name"] for item in client.get("/api/datasets").json()["items"]] == [*BUILT_IN, "pets"]


def test_the_name_of_an_existing_dataset_is_refused(client: TestClient, settings: Settings) -> None:
    upload(client)
    assert upload(client).status_code == 409
    prepare_dataset(settings, "pets")
    before = files_below(settings.data_dir, with_locks=False)

    again = upload(client)

    assert again.status_code == 409
    assert again.json()["detail"] == "There is a dataset 'pets' already; choose another name, or delete it first."
    assert files_below(settings.data_dir, with_locks=False) == before


def test_an_upload_refused_by_the_worker_says_why_and_leaves_no_files(client: TestClient, settings: Settings) -> None:
    assert upload(client, with_wrong_crc(pets(), "dogs/3.png")).status_code == 202
    prepare_dataset(settings, "pets")

    dataset = read(client)
    assert dataset["status"] == "failed"
    assert "The zip is damaged at 'dogs/3.png'" in dataset["error"]
    assert files_below(settings.data_dir, with_locks=False) == []

    again = client.post("/api/datasets/pets/prepare")
    assert (again.status_code, "Upload it again" in again.json()["detail"]) == (409, True)


def test_a_failed_upload_can_be_uploaded_again_or_deleted(client: TestClient, settings: Settings) -> None:
    upload(client, with_wrong_crc(pets(), "dogs/3.png"))
    prepare_dataset(settings, "pets")

    assert upload(client).status_code == 202
    assert read(client)["error"] is None
    prepare_dataset(settings, "pets")
    assert read(client)["status"] == "ready"
    assert client.delete("/api/datasets/pets").status_code == 204
    assert files_below(settings.data_dir, with_locks=False) == []


def test_an_upload_deleted_before_its_preparation_is_not_prepared(client: TestClient, settings: Settings) -> None:
    upload(client)

    assert client.delete("/api/datasets/pets").status_code == 204
    prepare_dataset(settings, "pets")

    assert client.get("/api/datasets/pets").status_code == 404
    assert files_below(settings.data_dir, with_locks=False) == []


def test_an_upload_deleted_during_its_preparation_makes_way_for_another_of_its_name(
    client: TestClient, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    replaced, touch = threading.Event(), ingest_job.IngestJob._touch
    monkeypatch.setattr(ingest_job, "TOUCH_SECONDS", 0.05)
    monkeypatch.setattr(
        ingest_job.IngestJob, "_touch", lambda job, progress: replaced.wait(20) and touch(job, progress)
    )
    large = {f"{'ab'[n % 2]}/{n}.jpg": encoded(noise(n, 1500, 1500), "JPEG") for n in range(24)}
    upload(client, zipped(large), image_size=512)
    worker = threading.Thread(target=prepare_dataset, args=(settings, "pets"))
    worker.start()
    wait_until(lambda: bool(list(settings.data_dir.glob("datasets/*.writing"))))

    assert client.delete("/api/datasets/pets").status_code == 204
    assert upload(client).status_code == 202
    replaced.set()
    worker.join(20)

    assert not worker.is_alive()
    assert read(client)["counts"] == {"train": [8, 8], "test": [2, 2]}
    assert {path.rpartition("/")[0] for path in files_below(settings.data_dir, with_locks=False)} == {
        stored_folder(settings)
    }


def stored_folder(settings: Settings) -> str:
    (manifest,) = settings.data_dir.glob("datasets/*/manifest.json")
    return manifest.parent.relative_to(settings.data_dir).as_posix()


def test_a_body_over_the_limit_is_refused_by_its_header_and_while_it_is_received(settings: Settings) -> None:
    create_sqlite(settings)
    app = create_app(replace(settings, max_upload_bytes=100_000))
    client = DocumentedClient(app)

    for content in (bytes(100_001), iter([bytes(60_000)] * 3)):
        response = client.post("/api/datasets?name=pets", content=content)
        assert response.status_code == 413
        assert "larger than the allowed 100,000 bytes. Set EPOCHBOARD_MAX_UPLOAD_BYTES" in response.json()["detail"]
        assert files_below(settings.data_dir, with_locks=False) == []
    assert client.post("/api/runs", content=bytes(10_000_000)).status_code == 413


@pytest.fixture
def small_mnist(monkeypatch: pytest.MonkeyPatch) -> bytes:
    """Replaces the expected hash of MNIST's file by that of a few bytes, and returns these."""
    content = b"not many digits"
    known = BUILT_IN["mnist"]
    file = dataclasses.replace(known.files[0], sha256=hashlib.sha256(content).hexdigest())
    monkeypatch.setitem(BUILT_IN, "mnist", dataclasses.replace(known, files=(file,)))
    return content


def test_a_file_of_a_built_in_dataset_is_identified_by_its_hash(
    client: TestClient, settings: Settings, small_mnist: bytes
) -> None:
    accepted = client.post("/api/datasets/mnist/prepare", content=small_mnist)

    assert (accepted.status_code, accepted.json()["status"]) == (202, "preparing")
    assert files_below(settings.data_dir, with_locks=False) == ["datasets/downloads/mnist.npz"]


@pytest.mark.parametrize(
    ("name", "status", "message"),
    [
        (
            "mnist",
            422,
            r"The body \(5 bytes\) is not a file of 'mnist': its SHA-256 is .* Its files are mnist\.npz \(",
        ),
        ("digits", 422, "It needs no files"),
        ("unheard", 404, "There is no dataset 'unheard'"),
    ],
)
def test_an_unknown_file_is_refused(
    client: TestClient, settings: Settings, name: str, status: int, message: str
) -> None:
    refused = client.post(f"/api/datasets/{name}/prepare", content=b"wrong")

    assert refused.status_code == status
    assert re.search(message, refused.json()["detail"])
    assert files_below(settings.data_dir, with_locks=False) == []
    assert client.get("/api/datasets/mnist").json()["status"] == "missing"


def test_a_missing_built_in_dataset_has_its_shape_and_classes(client: TestClient) -> None:
    dataset = read(client, "cifar100")

    assert (dataset["status"], dataset["origin"], dataset["image_shape"]) == ("missing", "built_in", [32, 32, 3])
    assert len(dataset["classes"]) == 100


def test_features_count_as_disk_use_and_are_deleted_unless_a_run_uses_them(
    client: TestClient, settings: Settings
) -> None:
    upload(client)
    prepare_dataset(settings, "pets")
    images = read(client)["disk_bytes"]
    manifest = next(settings.data_dir.glob("datasets/*/manifest.json"))
    key = manifest.parent / feature_store.FOLDER / "key"
    with feature_store.use(key):
        (key / "train.f32").write_bytes(bytes(100_000))
        refused = client.delete("/api/datasets/pets/features")
    stored = read(client)
    deleted = client.delete("/api/datasets/pets/features")

    assert (refused.status_code, deleted.status_code) == (409, 204)
    assert refused.json()["detail"].startswith("A run trains on features of 'pets'")
    assert stored["feature_bytes"] >= 100_000
    assert stored["disk_bytes"] == images + stored["feature_bytes"]
    assert (read(client)["feature_bytes"], read(client)["disk_bytes"]) == (0, images)
