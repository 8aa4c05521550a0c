"""Single images of a stored dataset over HTTP."""

import io
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from starlette.testclient import TestClient

from backend.application import create_app
from backend.datasets import store
from backend.datasets.store import StoredDataset
from backend.db.engine import open_database
from backend.db.models import Dataset
from backend.settings import Settings
from tests.support.service.documented import DocumentedClient
from tests.support.storage.databases import create_sqlite


def write_digits(settings: Settings, first_pixel: int = 0) -> Dataset:
    """Writes 3 training and 8 test images of 2 × 2 pixels, numbered consecutively, and returns their row."""
    images = np.arange(first_pixel, first_pixel + 8 * 4, dtype=np.uint8).reshape(8, 2, 2, 1)
    labels = np.zeros(8, np.uint8)
    arrays = {"train": (images[:3], labels[:3]), "test": (images, labels)}
    folder, manifest = store.write(settings.data_dir / "datasets", "digits", ["0", "1"], arrays)
    return Dataset(
        name="digits", status="ready", folder=f"datasets/{folder.name}", manifest=manifest.as_json(), touched_at=0.0
    )


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    """A board with the digits of `write_digits`."""
    create_sqlite(settings)
    database, row = open_database(settings), write_digits(settings)
    with database.write() as session:
        session.add(row)
    yield DocumentedClient(create_app(settings))
    database.engine.dispose()


def test_an_image_has_the_stored_pixels(client: TestClient) -> None:
    response = client.get("/api/datasets/digits/images/test/3.png")
    assert response.headers["content-type"] == "image/png"
    image = Image.open(io.BytesIO(response.content))
    assert (image.mode, np.asarray(image).tolist()) == ("L", [[12, 13], [14, 15]])


def test_an_unchanged_image_is_not_sent_again(client: TestClient) -> None:
    first = client.get("/api/datasets/digits/images/train/0.png")
    again = client.get(first.request.url.path, headers={"If-None-Match": first.headers["etag"]})
    assert first.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("digits/images/test/8.png", "There is no image 8; the images are 0 to 7."),
        ("digits/images/test/-1.png", "There is no image -1; the images are 0 to 7."),
        ("digits/images?split=validation", "There is no stored split 'validation'; the splits are train and test."),
        ("digits/images/validation/0.png", "There is no stored split 'validation'; the splits are train and test."),
        ("mnist/images/test/0.png", "Dataset 'mnist' is missing, so it has no images; prepare it first."),
        (
            "cats/images/test/0.png",
            "There is no dataset 'cats'; the datasets are digits, fashion_mnist, cifar10, mnist, cifar100.",
        ),
    ],
)
def test_a_missing_image_is_not_found(client: TestClient, address: str, message: str) -> None:
    response = client.get(f"/api/datasets/{address}")
    assert (response.status_code, response.json()["detail"]) == (404, message)


@pytest.mark.parametrize("is_replaced", [True, False])
def test_a_dataset_that_is_deleted_while_it_is_opened_is_the_newer_one_or_not_found(
    client: TestClient, settings: Settings, monkeypatch: pytest.MonkeyPatch, is_replaced: bool
) -> None:
    before_opening, open_folder = iter([True]), StoredDataset.open

    def open_after_a_deletion(folder: Path) -> StoredDataset:
        if next(before_opening, False):
            newer = write_digits(settings, first_pixel=100)
            with open_database(settings).write() as session:
                session.delete(session.get_one(Dataset, "digits"))
                session.flush()
                if is_replaced:
                    session.add(newer)
            shutil.rmtree(folder)
        return open_folder(folder)

    monkeypatch.setattr(StoredDataset, "open", open_after_a_deletion)
    response = client.get("/api/datasets/digits/images/test/0.png")

    if is_replaced:
        assert np.asarray(Image.open(io.BytesIO(response.content))).tolist() == [[100, 101], [102, 103]]
    else:
        assert (response.status_code, "is missing, so it has no images" in response.json()["detail"]) == (404, True)
