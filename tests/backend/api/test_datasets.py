"""Datasets over HTTP: uploaded, prepared, handed over, deleted; and what a cut line leaves."""

import dataclasses
import hashlib
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from starlette.testclient import TestClient

from backend.api import request_body
from backend.datasets.built_in import BUILT_IN
from backend.db.engine import migrate, open_database
from backend.db.models import Dataset
from backend.main import create_app
from backend.settings import Settings
from tests.support.zips import encoded, noise, pets, with_wrong_crc, zipped
from worker.datasets import preparing
from worker.datasets.preparing import prepare_dataset

ZIP = zipped(pets())


@pytest.fixture
def client(settings: Settings) -> TestClient:
    migrate(settings)
    return TestClient(create_app(settings), raise_server_exceptions=False)


def upload(client: TestClient, content: bytes = ZIP, **query: Any) -> Any:
    return client.post("/api/datasets", params={"name": "pets", **query}, content=content)


def read(client: TestClient, name: str = "pets") -> Any:
    return client.get(f"/api/datasets/{name}").json()


def files_below(folder: Path) -> list[str]:
    """Everything but the database and locks."""
    found = [path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("epochboard.db")]
    return sorted(path.relative_to(folder).as_posix() for path in found if path.suffix != ".lock")


def test_an_upload_is_accepted_then_read_by_a_worker(client: TestClient, settings: Settings) -> None:
    accepted = upload(client, image_size=16, fit="pad", color="grayscale")

    assert accepted.status_code == 202
    assert accepted.json() == read(client)
    assert (accepted.json()["status"], accepted.json()["origin"]) == ("preparing", "upload")
    assert accepted.json()["fit"] == "pad"
    assert [path.rpartition(".")[2] for path in files_below(settings.data_dir)] == ["zip"]

    prepare_dataset(settings, "pets")

    ready = read(client)
    assert (ready["status"], ready["progress"], ready["error"]) == ("ready", None, None)
    assert ready["counts"] == {"train": [8, 8], "test": [2, 2]}
    assert (ready["fit"], ready["image_size"], ready["color"]) == ("pad", 16, "grayscale")
    assert ready["image_shape"] == [16, 16, 1]
    assert all("datasets/" in path for path in files_below(settings.data_dir))
    assert client.get("/api/datasets/pets/images/test/3.png").status_code == 200
    assert [item["name"] for item in client.get("/api/datasets").json()["items"]] == [*BUILT_IN, "pets"]


def test_a_name_that_exists_is_refused_while_it_is_prepared_and_after(client: TestClient, settings: Settings) -> None:
    upload(client)
    assert upload(client).status_code == 409
    prepare_dataset(settings, "pets")
    before = files_below(settings.data_dir)

    again = upload(client)

    assert again.status_code == 409
    assert again.json()["detail"] == "There is a dataset 'pets' already; choose another name, or delete it first."
    assert files_below(settings.data_dir) == before


def test_what_the_worker_refuses_is_told_and_leaves_no_files(client: TestClient, settings: Settings) -> None:
    assert upload(client, with_wrong_crc(pets(), "dogs/3.png")).status_code == 202
    prepare_dataset(settings, "pets")

    refused = read(client)
    assert refused["status"] == "failed"
    assert "The zip is damaged at 'dogs/3.png'" in refused["error"]
    assert files_below(settings.data_dir) == []

    asked = client.post("/api/datasets/pets/prepare")
    assert (asked.status_code, "Upload it again" in asked.json()["detail"]) == (409, True)


def test_a_refused_name_can_be_uploaded_again_or_deleted(client: TestClient, settings: Settings) -> None:
    upload(client, with_wrong_crc(pets(), "dogs/3.png"))
    prepare_dataset(settings, "pets")

    assert upload(client).status_code == 202
    assert read(client)["error"] is None
    prepare_dataset(settings, "pets")
    assert read(client)["status"] == "ready"
    assert client.delete("/api/datasets/pets").status_code == 204
    assert files_below(settings.data_dir) == []


def test_an_upload_that_is_deleted_before_it_is_read_is_gone(client: TestClient, settings: Settings) -> None:
    upload(client)

    assert client.delete("/api/datasets/pets").status_code == 204
    prepare_dataset(settings, "pets")

    assert client.get("/api/datasets/pets").status_code == 404
    assert files_below(settings.data_dir) == []


def test_an_upload_that_is_deleted_while_it_is_read_does_not_come_back(
    client: TestClient, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another one of the same name waits by then, and is not mistaken for it."""
    monkeypatch.setattr(preparing, "TOUCH_SECONDS", 0.05)
    large = {f"{label}/{n}.jpg": encoded(noise(n, 1500, 1500), "JPEG") for label in "ab" for n in range(12)}
    upload(client, zipped(large), image_size=512)
    worker = threading.Thread(target=prepare_dataset, args=(settings, "pets"))
    worker.start()
    wait_until(lambda: bool(list(settings.data_dir.glob("datasets/*.writing"))))

    assert client.delete("/api/datasets/pets").status_code == 204
    assert upload(client).status_code == 202
    worker.join(10)

    assert not worker.is_alive()
    assert read(client)["status"] == "preparing"
    assert [path.rpartition(".")[2] for path in files_below(settings.data_dir)] == ["zip"]
    prepare_dataset(settings, "pets")
    assert read(client)["counts"] == {"train": [8, 8], "test": [2, 2]}


def wait_until(true: Callable[[], bool]) -> None:
    until = time.monotonic() + 20
    while not true():
        assert time.monotonic() < until
        time.sleep(0.01)


def test_a_body_over_the_limit_is_refused_by_its_header_and_while_it_comes(settings: Settings) -> None:
    migrate(settings)
    app = create_app(settings.model_copy(update={"max_upload_bytes": 100_000}))
    client = TestClient(app, raise_server_exceptions=False)

    for content in (bytes(100_001), iter([bytes(60_000)] * 3)):
        answer = client.post("/api/datasets?name=pets", content=content)
        assert answer.status_code == 413
        assert (
            "larger than the 100,000 bytes that are allowed here; EPOCHBOARD_MAX_UPLOAD_BYTES"
            in answer.json()["detail"]
        )
        assert files_below(settings.data_dir) == []
    assert client.post("/api/runs", content=bytes(10_000_000)).status_code == 413


@contextmanager
def served(settings: Settings) -> Iterator[int]:
    """The port of a real server."""
    migrate(settings)
    app = create_app(settings.model_copy(update={"allowed_hosts": ["127.0.0.1"]}))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning", timeout_graceful_shutdown=2))
    thread = threading.Thread(target=server.run)
    thread.start()
    wait_until(lambda: server.started)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(10)


def begin_upload(port: int, headers: str, body: bytes) -> socket.socket:
    line = socket.create_connection(("127.0.0.1", port), timeout=20)
    head = f"POST /api/datasets?name=pets HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{headers}\r\n\r\n"
    line.sendall(head.encode() + body)
    return line


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ("Content-Length: 5000000", bytes(3_000_000)),
        ("Transfer-Encoding: chunked", b"2dc6c0\r\n" + bytes(3_000_000) + b"\r\n"),
    ],
    ids=["with a length", "chunked"],
)
def test_a_browser_that_closes_in_the_middle_leaves_nothing(settings: Settings, headers: str, body: bytes) -> None:
    with served(settings) as port:
        line = begin_upload(port, headers, body)
        wait_until(lambda: bool(list(settings.data_dir.glob("uploads/*.part"))))

        line.close()

        wait_until(lambda: not list(settings.data_dir.glob("uploads/*")))
    database = open_database(settings)
    with database.read() as session:
        assert session.get(Dataset, "pets") is None
    database.engine.dispose()


def test_a_refusal_reaches_a_sender_who_is_still_sending(settings: Settings) -> None:
    with served(settings) as port, begin_upload(port, "Content-Length: 9000000000", b"") as line:
        try:
            for _ in range(40):
                line.sendall(bytes(2_000_000))
        except ConnectionError:
            pass
        assert line.recv(4096).startswith(b"HTTP/1.1 413 ")


def test_an_upload_that_stops_coming_is_given_up(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_body, "IDLE_SECONDS", 0.2)
    monkeypatch.setattr(request_body, "DISCARDING_SECONDS", 0.1)
    with served(settings) as port, begin_upload(port, "Content-Length: 5000", b"PK") as line:
        assert line.recv(4096).startswith(b"HTTP/1.1 408 ")
    assert files_below(settings.data_dir) == []


@pytest.fixture
def small_mnist(monkeypatch: pytest.MonkeyPatch) -> bytes:
    """The file of an MNIST of a few bytes, known by its hash."""
    content = b"not many digits"
    known = BUILT_IN["mnist"]
    file = dataclasses.replace(known.files[0], sha256=hashlib.sha256(content).hexdigest())
    monkeypatch.setitem(BUILT_IN, "mnist", dataclasses.replace(known, files=(file,)))
    return content


def test_a_file_of_a_built_in_dataset_is_taken_by_its_hash(
    client: TestClient, settings: Settings, small_mnist: bytes
) -> None:
    taken = client.post("/api/datasets/mnist/prepare", content=small_mnist)

    assert (taken.status_code, taken.json()["status"]) == (202, "preparing")
    assert files_below(settings.data_dir) == ["datasets/downloads/mnist.npz"]


@pytest.mark.parametrize(
    ("name", "status", "sentence"),
    [
        ("mnist", 422, r"These 5 bytes are no file of 'mnist': their SHA-256 is .* It is read from mnist\.npz \("),
        ("digits", 422, "It is not read from files of yours"),
        ("unheard", 404, "There is no dataset 'unheard'"),
    ],
)
def test_another_file_is_refused(client: TestClient, settings: Settings, name: str, status: int, sentence: str) -> None:
    refused = client.post(f"/api/datasets/{name}/prepare", content=b"wrong")

    assert refused.status_code == status
    assert re.search(sentence, refused.json()["detail"])
    assert files_below(settings.data_dir) == []
    assert client.get("/api/datasets/mnist").json()["status"] == "missing"


def test_a_missing_built_in_dataset_says_what_it_will_be(client: TestClient) -> None:
    shown = read(client, "cifar100")

    assert (shown["status"], shown["origin"], shown["image_shape"]) == ("missing", "built_in", [32, 32, 3])
    assert len(shown["classes"]) == 100
