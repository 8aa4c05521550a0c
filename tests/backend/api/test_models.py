"""The route that reads the file of a model."""

import json
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from tests.support.models.keras_json import residual


def test_a_file_is_read_and_compared_with_a_dataset(client: TestClient) -> None:
    response = client.post("/api/models/read?dataset=digits", content=json.dumps(residual()))

    assert response.status_code == 200
    body = response.json()
    assert (body["dialect"], body["layers"], body["outputs"], body["errors"]) == ("Keras 3", 5, 10, [])
    assert list(body["model"]) == ["keras"]


def test_what_is_no_model_is_refused_by_name_and_nothing_is_kept(client: TestClient, tmp_path: Path) -> None:
    response = client.post("/api/models/read", content=json.dumps({"loss": [1.0], "val_loss": [1.0]}))

    assert (response.status_code, response.json()["title"]) == (422, "Invalid request")
    assert response.json()["detail"].startswith("This is the history of a training")
    assert not list(tmp_path.rglob("*.part"))


def test_a_dataset_that_does_not_exist_is_404(client: TestClient) -> None:
    assert client.post("/api/models/read?dataset=none", content=json.dumps(residual())).status_code == 404


def test_a_model_of_an_old_keras_can_be_queued_as_it_is(client: TestClient) -> None:
    layers = [
        {"class_name": "Flatten", "config": {"name": "flat", "batch_input_shape": [None, 8, 8, 1]}},
        {"class_name": "Dense", "config": {"name": "end", "output_dim": 10, "activation": "softmax"}},
    ]
    spec: dict[str, Any] = {
        "dataset": {"name": "digits"},
        "model": {"keras": {"class_name": "Sequential", "config": layers}},
    }

    as_text = {**spec, "model": {"keras": json.dumps(spec["model"]["keras"])}}
    checked = client.post("/api/specs/check", json=as_text).json()
    created = client.post("/api/runs", json={"spec": spec})

    assert (checked["ok"], checked["parameters"], created.status_code) == (True, 650, 201)
    assert created.json()["spec"]["model"] == spec["model"]
