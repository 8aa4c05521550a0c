"""Some images of a dataset over HTTP, by class."""

from collections.abc import Iterator

import numpy as np
import pytest
from starlette.testclient import TestClient

from backend.datasets import registry, store
from backend.db.engine import migrate, open_database
from backend.main import create_app
from backend.settings import Settings

LABELS = np.array([0, 1, 0, 1, 1, 1], np.uint8)


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    """A board whose digits have two of class 0 and four of class 1 to train, and as many to test."""
    migrate(settings)
    database = open_database(settings)
    images = np.zeros((6, 2, 2, 1), np.uint8)
    arrays = {"train": (images, LABELS), "test": (images, LABELS)}
    folder, manifest = store.write(settings.data_dir / "datasets", "digits", ["0", "1"], arrays)
    with database.write() as session:
        registry.register(session, "digits", str(folder.relative_to(settings.data_dir)), manifest.as_json())
    yield TestClient(create_app(settings))
    database.engine.dispose()


def test_the_classes_come_in_turn(client: TestClient) -> None:
    answer = client.get("/api/datasets/digits/images?limit=5").json()
    assert [item["class"] for item in answer["items"]] == ["0", "1", "0", "1", "1"]
    assert (answer["split"], answer["total"]) == ("train", 6)


def test_one_class_alone(client: TestClient) -> None:
    answer = client.get("/api/datasets/digits/images?split=test&class=0").json()
    assert sorted(item["index"] for item in answer["items"]) == [0, 2]
    assert answer["total"] == 2
    assert client.get(answer["items"][0]["image"]).headers["content-type"] == "image/png"


def test_another_seed_draws_other_images(client: TestClient) -> None:
    drawn = {
        tuple(
            item["index"]
            for item in client.get(f"/api/datasets/digits/images?class=1&limit=2&seed={seed}").json()["items"]
        )
        for seed in range(8)
    }
    assert len(drawn) > 1


def test_classes_beyond_the_limit_are_drawn_too(client: TestClient) -> None:
    first = {
        client.get(f"/api/datasets/digits/images?limit=1&seed={seed}").json()["items"][0]["class"] for seed in range(8)
    }
    assert first == {"0", "1"}


def test_a_class_that_is_not_there(client: TestClient) -> None:
    answer = client.get("/api/datasets/digits/images?class=2")
    assert (answer.status_code, answer.json()["detail"]) == (404, "There is no class '2'; the classes are 0, 1.")
