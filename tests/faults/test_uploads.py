"""Uploads under faults: a large zip, a worker that is killed while it reads, a deletion while it reads."""

import http.client
import os
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.files.zips import encoded, noise, pets, zipped
from tests.support.service.program import Program

pytestmark = pytest.mark.slow

MAX_GROWTH_BYTES = 64 * 1024**2


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """It trains nothing, and prepares a dataset again when its job has been silent for five seconds."""
    settings = {"EPOCHBOARD_PREFORK": "false", "EPOCHBOARD_LEASE_SECONDS": "5"}
    with Program(tmp_path_factory.mktemp("program"), **settings).running() as running:
        yield running


def upload(program: Program, name: str, content: bytes, **query: Any) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", program.port, timeout=60)
    options = "".join(f"&{key}={value}" for key, value in query.items())
    connection.request("POST", f"/api/datasets?name={name}{options}", content, {"Content-Type": "application/zip"})
    status = connection.getresponse().status
    connection.close()
    return status


def delete(program: Program, name: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", program.port, timeout=60)
    connection.request("DELETE", f"/api/datasets/{name}")
    status = connection.getresponse().status
    connection.close()
    return status


def photos(count: int) -> bytes:
    """Returns a zip whose images take some seconds to read."""
    images = {(label, n): noise(2 * n + place, 900, 900) for place, label in enumerate("ab") for n in range(count)}
    return zipped({f"{label}/{n}.jpg": encoded(image, "JPEG") for (label, n), image in images.items()})


def test_a_large_upload_is_not_held_in_memory(program: Program) -> None:
    large = zipped({f"{label}/{number}.png": os.urandom(1_000_000) for label in "ab" for number in range(35)})
    api = program.part("api")
    program.get("/api/datasets")
    before = api.memory_info().rss

    assert upload(program, "large", large) == 202

    assert api.memory_info().rss - before < MAX_GROWTH_BYTES
    program.wait(lambda: program.get("/api/datasets/large")["status"] == "failed", 60, "the images to be refused")
    assert "70 of 70 images can't be read" in program.get("/api/datasets/large")["error"]
    program.wait(lambda: not list((program.data_dir / "uploads").iterdir()), 5, "its zip to be removed")


def test_an_upload_becomes_ready_although_its_worker_is_killed(program: Program) -> None:
    assert upload(program, "photos", photos(60), image_size=512) == 202
    program.wait(lambda: program.get("/api/datasets/photos")["progress"], 60, "the images to be read")

    program.part("worker").kill()

    program.wait(lambda: program.get("/api/datasets/photos")["status"] == "ready", 120, "the images to be read again")
    assert program.get("/api/datasets/photos")["counts"] == {"train": [48, 48], "test": [12, 12]}
    program.wait(lambda: not list((program.data_dir / "uploads").iterdir()), 5, "its zip to be removed")


def test_a_deleted_upload_makes_way_for_another_of_its_name(program: Program) -> None:
    assert upload(program, "again", photos(60), image_size=512) == 202
    program.wait(lambda: program.get("/api/datasets/again")["progress"], 60, "the images to be read")

    assert delete(program, "again") == 204
    assert upload(program, "again", zipped(pets())) == 202

    program.wait(lambda: program.get("/api/datasets/again")["status"] == "ready", 60, "the second upload")
    assert program.get("/api/datasets/again")["classes"] == ["cats", "dogs"]
