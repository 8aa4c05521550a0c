"""Runs that start from another run's weights: refused where they don't fit, and trained from them."""

import os
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from backend.db.engine import Database
from backend.db.models import Artifact, Dataset
from backend.settings import Settings
from tests.support.runs.run_life import claim_writer, launch, run_in_training, saved_epoch
from tests.support.training.trainings import KERAS_SAVES_MODELS, TINY, Recorded, spec, tiny_dataset
from worker.training.errors import TrainingError
from worker.training.fit import train
from worker.training.initial_weights import take_weights
from worker.training.report import InitialWeights

NETWORK: dict[str, Any] = {"preset": "strided_cnn", "options": {"filters": [16, 32]}}
DIGITS: dict[str, Any] = {"dataset": {"name": "digits"}, "model": NETWORK}


@pytest.fixture
def source(client: TestClient, database: Database, settings: Settings) -> str:
    """A run with a best model."""
    run_id, _ = run_in_training(client, database, settings, spec=DIGITS)
    return run_id


def refusal(client: TestClient, **changes: Any) -> Any:
    answer = client.post("/api/runs", json={"spec": {**DIGITS, **changes}})
    assert answer.status_code == 422, answer.text
    return answer.json()["errors"][0]


def test_a_run_gets_a_file_of_its_own_with_the_weights(
    client: TestClient, database: Database, settings: Settings, source: str
) -> None:
    run_id = launch(client, spec={**DIGITS, "init": {"run": source}})

    with database.read() as session:
        rows = {
            row.run_id: row
            for row in session.scalars(select(Artifact).where(Artifact.name.in_(("init.keras", "best.keras"))))
        }
    own, other = rows[run_id], rows[source]
    assert (own.path, own.sha256, own.epoch) == (f"runs/{run_id}/init.keras", other.sha256, 1)
    assert os.path.samefile(settings.data_dir / own.path, settings.data_dir / other.path)
    items = client.get(f"/api/runs/{run_id}/artifacts").json()["items"]
    assert [item["name"] for item in items] == ["init.keras", "train.py"]
    script = client.get(f"/api/runs/{run_id}/artifacts/train.py").text
    assert f'INITIAL_MODEL_ADDRESS = "/api/runs/{run_id}/artifacts/init.keras"' in script


def test_a_file_system_without_hard_links_gets_a_complete_copy(
    client: TestClient, settings: Settings, source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "link", no_hard_links)

    run_id = launch(client, spec={**DIGITS, "init": {"run": source}})

    folder = settings.data_dir / "runs" / run_id
    assert (folder / "init.keras").read_bytes() == b"best-1.keras"
    assert [file.name for file in folder.iterdir()] == ["init.keras"]


def no_hard_links(*_paths: object) -> None:
    raise PermissionError("this file system has no hard links")


def test_damaged_weights_are_refused_and_leave_neither_a_run_nor_a_folder(
    client: TestClient, settings: Settings, source: str
) -> None:
    best = next((settings.data_dir / "runs" / source).rglob("best-1.keras"))
    best.write_bytes(b"damaged")

    response = client.post("/api/runs", json={"spec": {**DIGITS, "init": {"run": source}}})

    assert response.status_code == 409
    assert "is damaged: its SHA-256 is not the stored one" in response.json()["detail"]
    assert client.get("/api/runs").json()["total"] == 1
    assert [folder.name for folder in (settings.data_dir / "runs").iterdir()] == [source]


def test_weights_that_are_replaced_while_they_are_linked_are_those_of_the_newer_model(
    client: TestClient, database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, writer = run_in_training(client, database, settings, spec=DIGITS)
    before_linking, link = iter([True]), os.link

    def link_after_two_epochs(original: Path, target: Path) -> None:
        if next(before_linking, False):
            for epoch in (2, 3):  # the last two states keep their best models
                writer.save_epoch(saved_epoch(writer, epoch))
        link(original, target)

    monkeypatch.setattr(os, "link", link_after_two_epochs)
    run_id = launch(client, spec={**DIGITS, "init": {"run": source}})

    assert (settings.data_dir / "runs" / run_id / "init.keras").read_bytes() == b"best-3.keras"


def test_a_refused_run_leaves_no_weights(client: TestClient, settings: Settings, source: str) -> None:
    fewer = {"preset": "strided_cnn", "options": {"filters": [16]}}

    refusal(client, init={"run": source}, model=fewer)

    assert [folder.name for folder in (settings.data_dir / "runs").iterdir()] == [source]


def test_weights_to_begin_with_outlive_torn_states(
    client: TestClient, database: Database, settings: Settings, source: str
) -> None:
    run_id = launch(client, spec={**DIGITS, "init": {"run": source}})
    writer = claim_writer(database, settings)
    epoch = saved_epoch(writer, 1)
    writer.save_epoch(epoch)
    epoch.state.path.write_bytes(b"torn")
    client.post(f"/api/runs/{run_id}/stop", json={"mode": "kill"})
    client.post(f"/api/runs/{run_id}/resume", json={})

    task = claim_writer(database, settings).load_task()

    assert task.state is None
    assert task.init == settings.data_dir / f"runs/{run_id}/init.keras"


def test_a_run_that_is_not_there_or_has_no_best_is_refused(client: TestClient) -> None:
    waiting = launch(client, spec=DIGITS)

    assert refusal(client, init={"run": "nobody"})["msg"].startswith("there is no run 'nobody'; give the id of a run")
    error = refusal(client, init={"run": waiting})
    assert (error["loc"], "has no best model yet" in error["msg"]) == (["spec", "init", "run"], True)


def test_another_network_is_refused_with_what_differs(client: TestClient, source: str) -> None:
    filters = {"preset": "strided_cnn", "options": {"filters": [16, 16]}}
    fewer = {"preset": "strided_cnn", "options": {"filters": [16]}}

    assert "its Conv2D of" in refusal(client, init={"run": source}, model=filters)["msg"]
    assert "layers with weights, this one has" in refusal(client, init={"run": source}, model=fewer)["msg"]
    checked = client.post("/api/specs/check", json={**DIGITS, "init": {"run": source}, "model": fewer}).json()
    assert (checked["ok"], checked["errors"][0]["loc"]) == (False, ["init", "run"])


def test_other_classes_are_no_other_network(client: TestClient, database: Database, source: str) -> None:
    manifest = {"classes": ["a", "b"], "image_shape": [8, 8, 1], "counts": {"train": [9, 9], "test": [9, 9]}}
    with database.write() as session:
        row = Dataset(
            name="two", status="ready", folder="d", manifest={**manifest, "content_hash": "x"}, touched_at=0.0
        )
        session.add(row)

    launch(client, spec={**DIGITS, "dataset": {"name": "two"}, "init": {"run": source}})


def network(classes: int, units: int = 8) -> keras.Model:
    layers = [keras.Input((8, 8, 1)), keras.layers.Flatten(), keras.layers.Dense(units, activation="relu")]
    return keras.Sequential([*layers, keras.layers.Dense(classes, activation="softmax")])


@KERAS_SAVES_MODELS
def test_all_layers_are_taken_and_the_last_is_new_where_classes_differ(tmp_path: Path) -> None:
    other, same, wider = network(3), network(3), network(5)
    other.save(tmp_path / "best.keras")
    new = wider.layers[-1].get_weights()

    assert take_weights(same, tmp_path / "best.keras").endswith("2 of 2 layers")
    assert "1 of 2 layers; dense" in take_weights(wider, tmp_path / "best.keras")

    for weight, expected in zip(same.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(weight, expected)
    np.testing.assert_array_equal(wider.layers[1].get_weights()[0], other.layers[1].get_weights()[0])
    np.testing.assert_array_equal(wider.layers[-1].get_weights()[0], new[0])


@KERAS_SAVES_MODELS
def test_shapes_that_differ_are_named(tmp_path: Path) -> None:
    network(3, units=4).save(tmp_path / "best.keras")

    with pytest.raises(TrainingError, match=r"has weights \[\(64, 4\), \(4,\)\], dense.* has \[\(64, 8\), \(8,\)\]"):
        take_weights(network(3), tmp_path / "best.keras")


@KERAS_SAVES_MODELS
def test_a_training_begins_with_them(tmp_path: Path) -> None:
    dataset, first, second = tiny_dataset(tmp_path), Recorded(), Recorded()
    (tmp_path / "first").mkdir()
    (tmp_path / "second").mkdir()
    train(spec("tiny", TINY, epochs=3), dataset, tmp_path / "first", first)
    best = next(epoch.best for epoch in reversed(first.epochs) if epoch.best)
    still = {"name": "sgd", "learning_rate": 1e-9}

    train(
        spec("tiny", TINY, epochs=1, optimizer=still), dataset, tmp_path / "second", second, InitialWeights(best.path)
    )

    assert second.series("val_loss")[0] == pytest.approx(min(first.series("val_loss")), rel=1e-4)
    assert any("Initial weights from another run" in line for line in second.lines)
