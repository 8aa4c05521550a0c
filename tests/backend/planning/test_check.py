"""`POST /api/specs/check`: errors, layers and counts of a spec before it is queued, on both databases."""

import time
from typing import Any

import pytest
from starlette.testclient import TestClient

from backend.datasets import registry
from backend.db.engine import Database
from backend.db.models import Dataset
from backend.spec.recipes import recipes
from tests.support.models.keras_json import functional, image, layer
from tests.support.service.spec_check import (
    FASHION,
    ON_PHOTOS,
    PETS,
    check,
    messages,
    store_photos,
)


def test_a_good_spec_shows_its_network_and_costs(client: TestClient) -> None:
    answer = check(client, {"dataset": {"name": "fashion_mnist"}, "model": {"preset": "strided_cnn"}})

    assert (answer["ok"], answer["errors"], answer["parameters"]) == (True, [], 360_458)
    assert answer["layers"][0] == {
        "name": "conv2d",
        "type": "Conv2D",
        "output_shape": [13, 13, 32],
        "config": {"name": "conv2d", "filters": 32, "kernel_size": [3, 3], "strides": [2, 2], "activation": "relu"},
        "parameters": 320,
    }
    assert [layer["type"] for layer in answer["layers"]] == [*["Conv2D"] * 3, "Flatten", "Dense", "Dense"]
    assert (answer["image_shape"], answer["classes"]) == ([28, 28, 1], 10)
    assert (answer["train_images"], answer["validation_images"], answer["batches_per_epoch"]) == (60_000, 10_000, 1_875)
    assert 5e6 < answer["memory_bytes"] - 60_000 * 28 * 28 < 2e7
    assert answer["learning_rates"] == [0.001] * 15
    assert answer["seconds_per_epoch"] is None


@pytest.mark.parametrize("recipe", recipes(), ids=lambda recipe: recipe.name)
def test_every_recipe_is_possible_and_has_no_warning_of_its_own(client: TestClient, recipe: Any) -> None:
    answer = check(client, recipe.spec)

    assert answer["ok"], answer["errors"]
    assert set(messages(answer["warnings"])) == {"dataset.name", ""}


def test_an_impossible_spec_is_not_ok_and_is_not_queued(client: TestClient) -> None:
    spec = {**FASHION, "model": {"preset": "vgg", "options": {"blocks": [[32]] * 5}}}

    answer = check(client, spec)
    refused = client.post("/api/runs", json={"spec": spec})

    assert (answer["ok"], answer["layers"], answer["parameters"]) == (False, [], None)
    assert messages(answer["errors"]) == {
        "model.options.blocks": "five poolings leave nothing of 28×28: use at most four blocks"
    }
    assert (refused.status_code, client.get("/api/runs").json()["total"]) == (422, 0)
    assert messages(refused.json()["errors"]) == {
        "spec.model.options.blocks": "five poolings leave nothing of 28×28: use at most four blocks"
    }
    assert refused.json()["detail"] == "Five poolings leave nothing of 28×28: use at most four blocks."


LAMBDA = functional(image((None, 28, 28, 1)), layer("Lambda", {"name": "end", "function": "x"}, "image"))
WIDE = functional(
    image((None, 28, 28, 1)),
    layer("Flatten", {"name": "flat"}, "image"),
    layer("Dense", {"name": "end", "units": 12, "activation": "softmax"}, "flat"),
)


@pytest.mark.parametrize(
    ("model", "path"),
    [(LAMBDA, "layers.1.class_name"), (WIDE, "layers.2.config.units"), ({}, "")],
    ids=["lambda", "wide", "empty"],
)
def test_pasted_models_are_refused_in_check_and_on_create(client: TestClient, model: Any, path: str) -> None:
    spec = {**FASHION, "model": {"keras": model}}

    answer = check(client, spec)
    refused = client.post("/api/runs", json={"spec": spec})

    paths = list(messages(answer["errors"]))
    assert paths[0].endswith(path)
    assert refused.status_code == 422
    assert list(messages(refused.json()["errors"])) == [f"spec.{refused_path}" for refused_path in paths]


def test_a_malformed_spec_is_422_with_locations_from_the_bodys_root(client: TestClient) -> None:
    answer = client.post("/api/specs/check", json={**FASHION, "batch_size": 0, "epoch": 3})
    nan = client.post("/api/specs/check", content=b'{"dataset":{"name":"digits"},"model":{"keras":{"a":NaN}}}')

    size = {"backbone": "ResNet50V2", "options": {"input_size": 100}}
    backbone = client.post("/api/specs/check", json={**FASHION, "model": size})

    assert messages(backbone.json()["errors"]) == {
        "model.options.input_size": "Input should be a multiple of 32; you gave 100"
    }
    assert answer.status_code == 422
    assert set(messages(answer.json()["errors"])) == {"batch_size", "epoch"}
    assert nan.status_code in (400, 422)


@pytest.mark.parametrize(
    ("model", "loc"),
    [
        ({"backbone": "nope"}, ["model", "backbone"]),
        ({"preset": "nope"}, ["model", "preset"]),
        ({}, ["model", "preset"]),
        ({"keras": 5}, ["model", "keras"]),
        ({"keras": {"name": "a\0"}}, ["model", "keras"]),
        ({"layers": 5}, ["model", "layers"]),
        ({"layers": [{"class_name": "Dense", "config": {"name": "a\0"}}]}, ["model", "layers", 0, "config"]),
        ({"layers": [], "epochs": 3}, ["model", "epochs"]),
    ],
    ids=str,
)
def test_the_location_of_an_error_has_keys_of_the_body_alone(
    client: TestClient, model: dict[str, Any], loc: list[str | int]
) -> None:
    answer = client.post("/api/specs/check", json={**FASHION, "model": model})

    assert answer.status_code == 422
    assert loc in [error["loc"] for error in answer.json()["errors"]]


def test_the_layers_before_the_one_that_cannot_be_built_have_shapes(client: TestClient) -> None:
    layers = [{"class_name": "Conv2D", "config": {"filters": 4, "kernel_size": size}} for size in (3, 28)]

    answer = check(client, {**FASHION, "model": {"layers": layers}})

    assert [error["loc"] for error in answer["errors"]] == [["model", "layers", 1]]
    assert [layer["output_shape"] for layer in answer["layers_before_error"]] == [[26, 26, 4]]
    assert answer["layers"] == []


def test_datasets_that_cannot_be_used_are_errors(client: TestClient, database: Database) -> None:
    with database.write() as session:
        session.add(Dataset(name="birds", status="preparing", touched_at=0.0))
        registry.mark_preparing(session, "cifar10")

    unknown = check(client, FASHION, dataset={"name": "cats"})
    preparing = check(client, FASHION, dataset={"name": "birds"})
    fetching = check(client, FASHION, dataset={"name": "cifar10"})

    assert "there is no dataset 'cats'; the datasets are digits" in messages(unknown["errors"])["dataset.name"]
    assert "is still being prepared" in messages(preparing["errors"])["dataset.name"]
    assert (unknown["ok"], preparing["ok"], fetching["ok"]) == (False, False, True)
    assert messages(fetching["warnings"])["dataset.name"] == "CIFAR-10 is being prepared; the run waits for it"


@pytest.mark.usefixtures("pets")
def test_an_uploaded_dataset_gives_shape_classes_and_counts(client: TestClient) -> None:
    from_train = {"name": "pets", "validation": {"from": "train", "fraction": 0.1}}

    whole = check(client, PETS)
    parted = check(client, PETS, dataset=from_train)
    weighted = check(client, PETS, class_weights={"cat": 2.0, "cow": 1.0})

    assert (whole["image_shape"], whole["classes"], whole["layers"][-1]["output_shape"]) == ([32, 32, 3], 2, [2])
    assert (whole["train_images"], whole["validation_images"]) == (101, 20)
    assert (parted["train_images"], parted["validation_images"]) == (91, 10)
    assert "dog has no test images" in messages(whole["warnings"])["dataset.validation"]
    assert messages(weighted["errors"]) == {"class_weights.cow": "there is no class 'cow'; the classes are cat, dog"}


@pytest.mark.parametrize(("epochs", "rates"), [(15, 15), (1_000, 200), (1_001, 167), (100_000, 200)])
def test_the_learning_rates_of_at_most_200_epochs_are_drawn(client: TestClient, epochs: int, rates: int) -> None:
    optimizer = {"schedule": {"name": "cosine"}}

    drawn = check(client, FASHION, epochs=epochs, optimizer=optimizer)["learning_rates"]

    assert (len(drawn), drawn[0]) == (rates, 0.001)
    assert drawn == sorted(drawn, reverse=True)


def test_a_backbone_takes_2_000_classes_of_one_image(client: TestClient, database: Database) -> None:
    store_photos(database, "datasets/photos", classes=2_000, of_class=1)

    answer = check(client, ON_PHOTOS)

    assert answer["ok"]
    assert answer["layers"][-1]["output_shape"] == [2_000]
    assert "model.backbone" not in messages(answer["warnings"])


def test_it_answers_within_300_ms_when_warm(client: TestClient) -> None:
    deep = [layer("Conv2D", {"name": "c0", "filters": 8, "kernel_size": 3, "padding": "same"}, "image")]
    for number in range(1, 200):
        config = {"name": f"c{number}", "filters": 8, "kernel_size": 3, "padding": "same"}
        deep.append(layer("Conv2D", config, f"c{number - 1}"))
    flat = layer("Flatten", {"name": "flat"}, "c199")
    end = layer("Dense", {"name": "end", "units": 10, "activation": "softmax"}, "flat")
    spec = {**FASHION, "model": {"keras": functional(image((None, 28, 28, 1)), *deep, flat, end)}}
    assert check(client, spec)["ok"]

    started = time.perf_counter()
    for _ in range(5):
        check(client, spec)

    assert (time.perf_counter() - started) / 5 < 0.3
