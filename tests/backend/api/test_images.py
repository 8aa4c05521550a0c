"""Single images of a stored dataset over HTTP."""

import io
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image
from starlette.testclient import TestClient

from backend.datasets import registry, store
from backend.db.engine import migrate, open_database
from backend.main import create_app
from backend.settings import Settings
from tests.support.documented import DocumentedClient


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    """A board whose digits are 3 training and 8 test images of 2 × 2 pixels, numbered consecutively."""
    migrate(settings)
    database = open_database(settings)
    images, labels = np.arange(8 * 4, dtype=np.uint8).reshape(8, 2, 2, 1), np.zeros(8, np.uint8)
    arrays = {"train": (images[:3], labels[:3]), "test": (images, labels)}
    folder, manifest = store.write(settings.data_dir / "datasets", "digits", ["0", "1"], arrays)
    with database.write() as session:
        registry.register(session, "digits", str(folder.relative_to(settings.data_dir)), manifest.as_json())
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
