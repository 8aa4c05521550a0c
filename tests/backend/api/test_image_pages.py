"""Pages of a dataset's images over HTTP, by class."""

from collections.abc import Iterator

import numpy as np
import pytest
from starlette.testclient import TestClient

from backend.application import create_app
from backend.datasets import registry, store
from backend.db.engine import open_database
from backend.settings import Settings
from tests.support.service.documented import DocumentedClient
from tests.support.storage.databases import create_sqlite

LABELS = np.array([0, 1, 0, 1, 1, 1], np.uint8)


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    """A board whose digits have two images of class 0 and four of class 1 in each split."""
    create_sqlite(settings)
    database = open_database(settings)
    images = np.zeros((6, 2, 2, 1), np.uint8)
    arrays = {"train": (images, LABELS), "test": (images, LABELS)}
    folder, manifest = store.write(settings.data_dir / "datasets", "digits", ["0", "1"], arrays)
    with database.write() as session:
        registry.register(session, "digits", str(folder.relative_to(settings.data_dir)), manifest.as_json())
    yield DocumentedClient(create_app(settings))
    database.engine.dispose()


def test_classes_alternate(client: TestClient) -> None:
    response = client.get("/api/datasets/digits/images?limit=5").json()
    assert [item["class"] for item in response["items"]] == ["0", "1", "0", "1", "1"]
    assert (response["split"], response["total"]) == ("train", 6)


def test_images_of_one_class(client: TestClient) -> None:
    response = client.get("/api/datasets/digits/images?split=test&class=0").json()
    assert sorted(item["index"] for item in response["items"]) == [0, 2]
    assert response["total"] == 2
    assert client.get(response["items"][0]["image"]).headers["content-type"] == "image/png"


def test_the_seed_selects_the_images(client: TestClient) -> None:
    drawn = {
        tuple(
            item["index"]
            for item in client.get(f"/api/datasets/digits/images?class=1&limit=2&seed={seed}").json()["items"]
        )
        for seed in range(8)
    }
    assert len(drawn) > 1


def test_the_seed_selects_the_classes_when_they_exceed_the_limit(client: TestClient) -> None:
    first = {
        client.get(f"/api/datasets/digits/images?limit=1&seed={seed}").json()["items"][0]["class"] for seed in range(8)
    }
    assert first == {"0", "1"}


def test_a_missing_class_is_not_found(client: TestClient) -> None:
    response = client.get("/api/datasets/digits/images?class=2")
    assert (response.status_code, response.json()["detail"]) == (404, "There is no class '2'; the classes are 0, 1.")
