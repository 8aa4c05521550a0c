"""Checks of specs over HTTP, the specs that tests begin with, and a worker whose devices they are checked for."""

from typing import Any

from starlette.testclient import TestClient

from backend import workers
from backend.db.engine import Database
from backend.db.models import Dataset
from backend.workers import Slot

VGG: dict[str, Any] = {"preset": "vgg"}
FASHION: dict[str, Any] = {"dataset": {"name": "fashion_mnist"}, "model": VGG}
STRIDED: dict[str, Any] = {"dataset": {"name": "fashion_mnist"}, "model": {"preset": "strided_cnn"}}
PETS: dict[str, Any] = {"dataset": {"name": "pets"}, "model": VGG}
PETS_MANIFEST: dict[str, Any] = {
    "name": "pets",
    "classes": ["cat", "dog"],
    "image_shape": [32, 32, 3],
    "counts": {"train": [60, 41], "test": [20, 0]},
    "content_hash": "",
}
ON_PHOTOS: dict[str, Any] = {"dataset": {"name": "photos"}, "model": {"backbone": "efficientnet_lite0"}, "epochs": 30}


def check(client: TestClient, spec: dict[str, Any], **changes: Any) -> Any:
    answer = client.post("/api/specs/check", json={**spec, **changes})
    assert answer.status_code == 200, answer.text
    return answer.json()


def messages(notices: list[Any]) -> dict[str, str]:
    return {".".join(map(str, notice["loc"])): notice["msg"] for notice in notices}


def report_worker(database: Database, **slot: Any) -> None:
    with database.write() as session:
        workers.report(session, "w@host", "host", [Slot(name="cpu-0", kind="cpu", device="CPU", **slot)])


def store_photos(database: Database, folder: str, classes: int = 10, side: int = 64, of_class: int = 50) -> None:
    """Adds the row of an uploaded dataset, with 10 test images of each class."""
    counts = {"train": [of_class] * classes, "test": [10] * classes}
    names = [f"class {number}" for number in range(classes)]
    manifest = {"classes": names, "image_shape": [side, side, 3], "counts": counts, "content_hash": "h"}
    with database.write() as session:
        session.add(Dataset(name="photos", status="ready", touched_at=0.0, folder=folder, manifest=manifest))
