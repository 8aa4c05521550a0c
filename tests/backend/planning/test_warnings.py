"""`POST /api/specs/check`: warnings about a spec that is possible and unwise."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from backend import workers
from backend.db.engine import Database
from backend.db.models import Dataset
from backend.workers import Slot
from tests.support.service.spec_check import (
    FASHION,
    ON_PHOTOS,
    PETS,
    PETS_MANIFEST,
    check,
    messages,
    report_worker,
    store_photos,
)

HALF = {"name": "fashion_mnist", "validation": {"from": "train", "fraction": 0.5}}
PATIENT: dict[str, Any] = {"callbacks": {"early_stopping": {"patience": 15}}}
WARMING: dict[str, Any] = {"optimizer": {"schedule": {"name": "cosine", "warmup_epochs": 15}}}
DEPTHWISE: dict[str, Any] = {
    "precision": "mixed_bfloat16",
    "model": {
        "layers": [
            {"class_name": "DepthwiseConv2D", "config": {"kernel_size": 3}},
            {"class_name": "GlobalAveragePooling2D"},
            {"class_name": "Dense", "config": {"units": 2, "activation": "softmax"}},
        ]
    },
}
STEPPING: dict[str, Any] = {"optimizer": {"schedule": {"name": "step", "every": 10, "warmup_epochs": 5}}}


def test_a_rare_class_is_named_with_what_its_figures_can_mean(client: TestClient, database: Database) -> None:
    counts = {"train": [1_600, 8], "validation": [200, 0], "test": [400, 2]}
    with database.write() as session:
        row = Dataset(
            name="parts", status="ready", folder="d", manifest=PETS_MANIFEST | {"counts": counts}, touched_at=0.0
        )
        session.add(row)

    def rare(**spec: Any) -> list[Any]:
        notices = check(client, {**PETS, "dataset": {"name": "parts"}, **spec})["warnings"]
        return [notice for notice in notices if "recall" in notice["msg"]]

    (from_test,) = rare()
    (from_train,) = rare(dataset={"name": "parts", "validation": {"from": "train"}})

    assert from_test["msg"] == (
        "dog has two validation images: even if all are right, its recall may be as low as 34% (95 %); read macro F1 "
        "and its interval beside the accuracy"
    )
    assert from_test["suggestion"] == {"title": "Balanced class weights", "changes": {"class_weights": "balanced"}}
    assert from_train["msg"].startswith(
        "dog has one validation image: even if it is right, its recall may be as low as 21%"
    )
    assert rare(class_weights="balanced")[0]["suggestion"] is None
    assert rare(dataset={"name": "parts", "validation": {"from": "validation"}}) == []  # has its own warning


@pytest.mark.usefixtures("pets")
def test_a_class_without_training_images_is_named(client: TestClient, database: Database) -> None:
    with database.write() as session:
        session.get_one(Dataset, "pets").manifest = PETS_MANIFEST | {"counts": {"train": [60, 0], "test": [20, 20]}}

    warned = messages(check(client, PETS)["warnings"])

    assert warned["dataset.name"] == "dog has no training images: a model can't learn what it never sees"


@pytest.mark.usefixtures("pets")
@pytest.mark.parametrize(
    ("changes", "path", "message"),
    [
        ({"batch_size": 128}, "batch_size", "a batch is larger than the 101 training images: an epoch is one step"),
        ({"dataset": {"name": "pets", "train_limit": 500}}, "dataset.train_limit", "there are only 101 such images"),
        ({"preprocessing": {"scaling": "none"}}, "preprocessing.scaling", "make most networks learn badly"),
        (
            {"model": {"preset": "vgg", "options": {"dense_units": [4096]}}},
            "model",
            "parameters for each training image",
        ),
        (PATIENT, "callbacks.early_stopping.patience", "with 15 epochs it never takes effect"),
        ({"callbacks": {"checkpoint": {"every": 20}}}, "callbacks.checkpoint.every", "no extra model is saved"),
        (STEPPING, "optimizer.schedule.every", "with 15 epochs the learning rate never steps"),
        (WARMING, "optimizer.schedule.warmup_epochs", "still warming up after 15 epochs"),
        ({"batch_size": 60_000}, "batch_size", "the largest worker has 8.0 GB; use a smaller batch size"),
        ({"precision": "mixed_float16"}, "precision", "no worker is faster with mixed_float16 than with float32"),
        (DEPTHWISE, "precision", "a processor rounds the gradients of the biases of depthwise_conv2d"),
    ],
)
def test_an_unwise_value_has_a_warning_at_its_location(
    client: TestClient, database: Database, changes: Any, path: str, message: str
) -> None:
    speeds = {"float32": 1e10, "mixed_float16": 5e9}
    report_worker(database, memory_total=8 * 2**30, multiplications_per_second=speeds)

    answer = check(client, PETS, **changes)

    assert answer["ok"]
    assert any(notice["loc"] == path.split(".") and message in notice["msg"] for notice in answer["warnings"]), answer


def test_images_that_exceed_the_memory_are_counted_and_warned_about(client: TestClient, database: Database) -> None:
    report_worker(database, memory_total=16 * 2**30)
    manifest = {"classes": ["a", "b"], "image_shape": [256, 256, 3], "content_hash": "x"}
    counts = {"train": [200_000, 200_000], "test": [9, 9]}
    with database.write() as session:
        upload = {"manifest": {**manifest, "counts": counts}, "folder": "d"}
        session.add(Dataset(name="huge", status="ready", touched_at=0.0, **upload))
    spec = {**PETS, "dataset": {"name": "huge"}}

    answer, few = check(client, spec), check(client, spec, dataset={"name": "huge", "train_limit": 10_000})

    assert answer["memory_bytes"] > 400_000 * 256 * 256 * 3
    assert messages(answer["warnings"])["dataset.train_limit"] == (
        "the training images take 73.2 GB and the largest worker has 16.0 GB: they are read from disk, which can slow "
        "an epoch down; train_limit takes fewer"
    )
    assert "dataset.train_limit" not in messages(few["warnings"])


def test_many_epochs_are_warned_about_where_their_predictions_are_large(client: TestClient) -> None:
    long, longer = check(client, FASHION, epochs=10_000), check(client, FASHION, epochs=100_000, dataset=HALF)

    assert "epochs" not in messages(long["warnings"])
    assert messages(longer["warnings"])["epochs"] == "the predictions of 100,000 epochs take 16.8 GB on disk"


def test_flips_and_rotations_of_digits_have_warnings(client: TestClient) -> None:
    spec = {"dataset": {"name": "digits"}, "model": {"preset": "strided_cnn", "options": {"padding": "same"}}}

    answer = check(client, spec, augmentation={"horizontal_flip": True, "vertical_flip": True, "rotation": 90})

    places = ["augmentation.horizontal_flip", "augmentation.vertical_flip", "augmentation.rotation"]
    assert set(places) < set(messages(answer["warnings"]))


def test_files_in_the_cache_of_each_worker_are_unpacked_and_not_downloaded(
    client: TestClient, database: Database
) -> None:
    report_worker(database, cached_datasets=["fashion_mnist", "mnist"])
    here = check(client, FASHION)["warnings"]
    cached = {item["name"] for item in client.get("/api/datasets").json()["items"] if item["cached"]}
    with database.write() as session:
        workers.report(session, "w2@other", "other", [Slot(name="cpu-0", kind="cpu", device="CPU")])
    elsewhere = check(client, FASHION)["warnings"]

    assert "Fashion-MNIST is in Keras' cache and not unpacked yet" in messages(here)["dataset.name"]
    assert cached == {"fashion_mnist", "mnist"}
    assert client.get("/api/datasets/mnist").json()["cached"] is False, "the other worker has to download it"
    assert "the run downloads 30.9 MB first" in messages(elsewhere)["dataset.name"]


def test_a_backbone_on_small_images_is_warned_of(client: TestClient, database: Database) -> None:
    store_photos(database, "datasets/photos", side=16)

    warnings = messages(check(client, ON_PHOTOS)["warnings"])

    assert warnings["model.backbone"].startswith("the images have 16 × 16 pixels, fewer than 32: ")
