"""A look at a zip before it is a dataset: what would be stored, kept for a day, and taken by its id."""

import base64
import io
import os
import time
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from PIL import Image
from starlette.testclient import TestClient

from backend.application import create_app
from backend.datasets.schemas import UploadOptions
from backend.errors import Conflict, Invalid
from backend.settings import Settings
from backend.uploads import new_dataset
from backend.uploads.look import kept
from backend.uploads.look.duplicates import duplicates_across_splits
from backend.uploads.look.process import look_at_zip
from tests.support.files.folders import files_below
from tests.support.files.layouts import layout_of
from tests.support.files.zips import pets, picture, zipped
from tests.support.service.documented import DocumentedClient
from tests.support.storage.databases import create_sqlite
from worker.datasets.preparing import prepare_dataset

PETS = pets()
ZIP = zipped(PETS | {"notes.txt": b"x"})


@pytest.fixture
def client(settings: Settings) -> TestClient:
    create_sqlite(settings)
    return DocumentedClient(create_app(settings))


def kept_upload(client: TestClient, **query: Any) -> Any:
    response = client.post("/api/uploads", params=query, content=ZIP)
    assert response.status_code == 201, response.text
    return response.json()


def test_a_dry_run_says_what_would_be_stored_and_keeps_nothing(client: TestClient, settings: Settings) -> None:
    response = client.post("/api/datasets?dry_run=true&test_fraction=0.3", content=ZIP)

    look = response.json()
    assert response.status_code == 200
    assert look["splits"] == {"train": 14, "test": 6}
    assert [(item["name"], item["counts"], len(item["images"])) for item in look["classes"]] == [
        ("cats", {"train": 7, "test": 3}, 4),
        ("dogs", {"train": 7, "test": 3}, 4),
    ]
    assert look["left_out"]["count"] == 1
    assert look["left_out"]["items"][0]["entry"] == "notes.txt"
    assert (look["files"], look["bytes"], look["originals"]) == (21, len(ZIP), [[12, 10], [12, 10]])
    assert files_below(settings.data_dir) == []
    assert client.get("/api/datasets/pets").status_code == 404


def test_pictures_are_small_and_as_the_options_say(client: TestClient) -> None:
    look = client.post("/api/datasets?dry_run=true&color=grayscale", content=ZIP).json()

    head, _, content = look["classes"][0]["images"][0].partition(",")
    with Image.open(io.BytesIO(base64.b64decode(content))) as picture:
        assert (head, picture.size, picture.mode) == ("data:image/jpeg;base64", (72, 72), "L")


def test_a_kept_upload_is_looked_at_again_and_then_taken(client: TestClient, settings: Settings) -> None:
    upload = kept_upload(client)["id"]

    again = client.get(f"/api/uploads/{upload}?test_fraction=0.5").json()
    taken = client.post(f"/api/datasets?upload={upload}&name=pets&test_fraction=0.5")
    prepare_dataset(settings, "pets")

    assert again["splits"] == {"train": 10, "test": 10}
    assert (taken.status_code, taken.json()["status"]) == (202, "preparing")
    assert client.get("/api/datasets/pets").json()["counts"] == {"train": [5, 5], "test": [5, 5]}
    assert client.get(f"/api/uploads/{upload}").status_code == 404
    assert client.post(f"/api/datasets?upload={upload}&name=more").status_code == 404


def test_a_kept_upload_outlives_the_service_and_a_taken_name(client: TestClient, settings: Settings) -> None:
    upload = kept_upload(client)["id"]
    client.post("/api/datasets?name=pets", content=ZIP)

    restarted = DocumentedClient(create_app(settings))

    assert restarted.post(f"/api/datasets?upload={upload}&name=pets").status_code == 409
    assert restarted.get(f"/api/uploads/{upload}").status_code == 200


def test_of_two_requests_that_take_an_upload_at_once_one_gets_it(settings: Settings) -> None:
    received = settings.data_dir / "body.part"
    received.write_bytes(ZIP)
    path = kept.find(settings.data_dir, kept.keep(settings.data_dir, received))

    new_dataset.keep_archive(settings.data_dir, path)

    with pytest.raises(Conflict, match="Another request has used or deleted this upload"):
        new_dataset.keep_archive(settings.data_dir, path)


def test_options_that_do_not_fit_are_refused_and_the_upload_stays(client: TestClient) -> None:
    upload = kept_upload(client)["id"]

    refused = client.get(f"/api/uploads/{upload}", params={"labels_from": "names"})

    assert refused.status_code == 422
    assert client.get(f"/api/uploads/{upload}").status_code == 200


def test_a_long_list_of_left_out_files_is_cut(client: TestClient) -> None:
    texts = {f"{number}{'x' * 400}.txt": b"x" for number in range(300)}

    look = client.post("/api/datasets?dry_run=true", content=zipped(pets(2) | texts))

    assert (look.json()["left_out"]["count"], len(look.json()["left_out"]["items"])) == (300, 100)
    assert len(look.content) < 200_000


def test_a_kept_upload_can_be_deleted(client: TestClient, settings: Settings) -> None:
    upload = kept_upload(client)["id"]

    assert client.delete(f"/api/uploads/{upload}").status_code == 204
    assert client.delete(f"/api/uploads/{upload}").status_code == 404
    assert files_below(settings.data_dir) == []


def test_a_kept_upload_expires_after_a_day(client: TestClient, settings: Settings) -> None:
    upload = kept_upload(client)["id"]
    (path,) = (settings.data_dir / kept.FOLDER).iterdir()
    os.utime(path, (time.time() - 25 * 3600,) * 2)

    response = client.get(f"/api/uploads/{upload}")
    kept.remove_expired(settings.data_dir)

    assert response.status_code == 404
    assert "One is kept for 24 hours" in response.json()["detail"]
    assert not path.exists()


def test_one_more_than_are_kept_removes_the_oldest(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MAX_KEPT", 2)
    ids = []
    for age in (30, 20, 10):
        received = settings.data_dir / "body.part"
        received.write_bytes(b"x")
        os.utime(received, (time.time() - age,) * 2)
        ids.append(kept.keep(settings.data_dir, received))

    assert {path.stem for path in (settings.data_dir / kept.FOLDER).iterdir()} == set(ids[1:])


@pytest.mark.parametrize("upload", ["x", "../x", "A" * 32, "0" * 32])
def test_an_unknown_id_is_not_found(client: TestClient, upload: str) -> None:
    response = client.post("/api/datasets", params={"upload": upload, "name": "pets"})

    assert (response.status_code, "No upload is kept under" in response.json()["detail"]) == (404, True)


def test_a_broken_zip_is_not_kept(client: TestClient, settings: Settings) -> None:
    response = client.post("/api/uploads", content=ZIP[:-30])

    assert response.status_code == 422
    assert response.json()["detail"].startswith("This is not a zip file that can be read")
    assert files_below(settings.data_dir) == []


def test_a_name_is_needed_to_add_a_dataset(client: TestClient) -> None:
    response = client.post("/api/datasets", content=ZIP)

    assert response.status_code == 422
    assert response.json()["errors"] == [{"loc": ["query", "name"], "msg": response.json()["detail"].removesuffix(".")}]


def test_an_upload_that_is_deleted_before_it_is_read_is_reported(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="Another request has used or deleted this upload; send the zip again"):
        look_at_zip(tmp_path / "gone.zip", UploadOptions())


def test_training_images_that_are_held_out_too_are_reported(client: TestClient) -> None:
    splits = {f"train/{name}": content for name, content in PETS.items()}
    splits |= {f"test/{name}": content for name, content in pets(2).items()}

    look = client.post("/api/datasets?dry_run=true", content=zipped(splits)).json()

    (warning,) = [item for item in look["warnings"] if "too" in item["title"]]
    assert warning["title"] == "2 training images are in validation or test, too"
    assert warning["examples"] == ["train/cats/0.png", "train/cats/1.png"]
    contradicting = 2 + 2  # of train and of test: this picture is a cat and a dog
    assert look["splits"] == {"train": len(PETS) - 2 - 2, "test": 2}
    assert look["left_out"]["count"] == contradicting + 2
    assert [item["entry"] for item in look["left_out"]["items"]][-2:] == ["train/cats/0.png", "train/cats/1.png"]


def test_of_three_parts_each_leaves_out_what_a_later_one_keeps(client: TestClient) -> None:
    parts = {
        "train": {"a/0.png": 0, "b/0.png": 1, "a/1.png": 10, "a/2.png": 11},
        "val": {"a/0.png": 10, "b/0.png": 2, "a/1.png": 11},
        "test": {"a/0.png": 11, "b/0.png": 3},
    }
    files = {f"{part}/{name}": picture(seed) for part, seeds in parts.items() for name, seed in seeds.items()}

    look = client.post("/api/datasets?dry_run=true", content=zipped(files)).json()

    assert look["splits"] == {"train": 2, "validation": 2, "test": 2}, "as test_uploads.py has it of what is stored"
    assert [item["entry"] for item in look["left_out"]["items"]] == ["train/a/1.png", "train/a/2.png", "val/a/1.png"]
    assert [(item["title"], item["examples"]) for item in look["warnings"] if item["title"].endswith(", too")] == [
        ("2 training images are in validation or test, too", ["train/a/1.png", "train/a/2.png"]),
        ("1 validation image is in test, too", ["val/a/1.png"]),
    ]


def test_a_class_that_is_held_out_as_a_whole_keeps_its_training_images(client: TestClient) -> None:
    files = {
        f"{label}/{number}.png": picture(shade) for label, number, shade in (("a", 0, 1), ("a", 1, 2), ("b", 0, 3))
    }
    splits = {f"{split}/{name}": content for split in ("train", "test") for name, content in files.items()}

    look = client.post("/api/datasets?dry_run=true", content=zipped(splits)).json()

    assert look["splits"] == {"train": 3, "test": 3}
    assert look["left_out"]["count"] == 0


def test_different_files_with_the_checksum_and_size_of_another_are_not_reported_as_held_out() -> None:
    files = {f"{split}/{name}": content for split in ("train", "test") for name, content in pets(4).items()}
    files = {name: content + name.encode() for name, content in files.items()}
    content = zipped(files | {"train/cats/a.png": picture(36), "test/cats/b.png": picture(1408)})

    with ZipFile(io.BytesIO(content)) as archive:
        assert duplicates_across_splits(archive, layout_of(content).images) == []


def test_pictures_that_cannot_be_read_are_named(client: TestClient) -> None:
    broken = PETS | {"cats/5.png": b"no picture", "cats/6.png": PETS["cats/6.png"][:60]}

    look = client.post("/api/datasets?dry_run=true", content=zipped(broken)).json()

    (warning,) = [item for item in look["warnings"] if "can't be read" in item["title"]]
    assert set(warning["examples"]) <= {"cats/5.png", "cats/6.png"}
