"""`POST /api/specs/check`: seconds per epoch, of features and of the start, estimated and as earlier runs took."""

from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from backend.db.engine import Database
from backend.db.models import Dataset, Epoch, Event, Run, Worker
from backend.network import Network, describe
from backend.planning.costs.precision import by_step_seconds
from backend.settings import Settings
from backend.spec import RunSpec
from backend.workers import TrainingCosts
from tests.support.service.spec_check import (
    FASHION,
    ON_PHOTOS,
    PETS_MANIFEST,
    STRIDED,
    check,
    report_worker,
    store_photos,
)

A_SECOND_EACH = TrainingCosts(**dict.fromkeys(TrainingCosts.model_fields, 1.0))


def finish_run(
    client: TestClient,
    database: Database,
    spec: dict[str, Any],
    epochs: list[float],
    device: str,
    parameters: int = 360_458,
) -> None:
    """Adds a finished run on a device, its epochs with these seconds."""
    run_id = client.post("/api/runs", json={"spec": spec}).json()["id"]
    with database.write() as session:
        run = session.get_one(Run, run_id)
        run.status, run.parameters, run.machine = (
            "finished",
            parameters,
            f"TensorFlow 2, Keras 3; {device}, avx2; float32",
        )
        for epoch, seconds in enumerate(epochs, start=1):
            files = {"predictions": "", "predictions_sha256": ""}
            session.add(Epoch(run_id=run_id, epoch=epoch, metrics={"seconds": seconds}, **files))


def test_seconds_are_a_range_for_the_fastest_device_until_equal_runs_have_ended_on_it(
    client: TestClient, database: Database
) -> None:
    report_worker(database, multiplications_per_second={"float32": 1e10})

    estimate = check(client, STRIDED)
    for seconds in ([20.0, 8.0, 8.0], [9.0], [30.0, 30.0]):
        finish_run(client, database, STRIDED, seconds, device="CPU")
    measured = check(client, STRIDED)

    arithmetic = 1_274_400 * (3 * 60_000 + 10_000) / 1e10
    assert estimate["seconds_per_epoch"] == pytest.approx(arithmetic + 1.875 + 0.1)
    assert estimate["seconds_per_epoch_range"] == pytest.approx(
        [arithmetic / 1.25 + 0.3 * 1.875 + 0.05, arithmetic / 0.4 + 2 * 1.875 + 0.2]
    )
    assert measured["seconds_per_epoch"] == pytest.approx(9.1)
    assert measured["seconds_per_epoch_range"] is None
    assert check(client, STRIDED, batch_size=64)["seconds_per_epoch_range"] is not None


def test_equal_runs_give_the_time_from_one_saved_epoch_to_the_next_without_pauses(
    client: TestClient, database: Database
) -> None:
    report_worker(database, multiplications_per_second={"float32": 1e10})
    finish_run(client, database, STRIDED, [8.0] * 5, device="CPU")
    with database.write() as session:
        run_id = session.scalars(select(Run.id)).one()
        for seq, time in enumerate([100.0, 108.5, 117.5, 4_000.0, 4_008.0, 4_007.0], start=100):
            session.add(Event(run_id=run_id, seq=seq, kind="epoch", time=time, payload={}))

    assert check(client, STRIDED)["seconds_per_epoch"] == pytest.approx((8.5 + 9 + 8) / 3)


def test_a_network_that_an_earlier_run_timed_for_auto_is_not_timed_again(
    client: TestClient, database: Database
) -> None:
    costs = {"float32": A_SECOND_EACH, "mixed_bfloat16": A_SECOND_EACH}
    report_worker(database, multiplications_per_second={"float32": 1e10, "mixed_bfloat16": 2e10}, training_costs=costs)
    spec = {**FASHION, "precision": "auto"}
    named = check(client, spec, precision=check(client, spec)["precision"])["start_seconds"]

    first = check(client, spec)["start_seconds"]
    finish_run(client, database, {**spec, "augmentation": {"horizontal_flip": True}}, [8.0], device="CPU")
    with database.write() as session:
        run = session.scalars(select(Run)).one()
        run.parameters, run.precision = check(client, spec)["parameters"], "mixed_bfloat16"
        run.precision_reason = by_step_seconds({"float32": 0.04, "mixed_bfloat16": 0.02}, "CPU").reason

    assert first > named
    assert check(client, spec)["start_seconds"] == named
    assert check(client, spec, batch_size=64)["start_seconds"] > named, "a step of another batch is timed"


def test_costs_that_a_worker_of_another_version_reported_are_not_measured_yet(
    client: TestClient, database: Database
) -> None:
    report_worker(database, multiplications_per_second={"float32": 1e10})
    with database.write() as session:
        worker = session.scalars(select(Worker)).one()
        worker.slots = [{**slot, "training_costs": {"float32": {"start": 0.4}}} for slot in worker.slots]

    assert check(client, STRIDED)["start_seconds"] is None
    assert client.get("/api/workers").json()["items"][0]["slots"][0]["training_costs"] is None


def test_a_backbone_of_depthwise_convolutions_takes_longer_than_its_multiplications_say(
    client: TestClient, database: Database
) -> None:
    report_worker(database, multiplications_per_second={"float32": 1e10})

    for name, share in (("MobileNetV3Small", 0.2), ("ResNet50V2", 1.2)):
        model = {"backbone": name, "options": {"train": "all"}}
        time = check(client, {**FASHION, "model": model, "epochs": 3})["seconds_per_epoch"]
        multiplications = sum(layer.multiplications for layer in described(name).layers)
        assert time == pytest.approx(multiplications * (3 * 60_000 + 10_000) * 2 / 3 / (1e10 * share) + 1.875 + 0.1), (
            "in one of three epochs only the head is trained"
        )


def described(backbone: str) -> Network:
    spec = RunSpec.model_validate({**FASHION, "model": {"backbone": backbone}})
    return describe(spec.model, (28, 28, 1), 10)


def test_equal_networks_have_equal_times_whichever_way_they_are_written(client: TestClient, database: Database) -> None:
    report_worker(database, multiplications_per_second={"float32": 1e10})
    layers = [{"class_name": layer["type"], "config": layer["config"]} for layer in check(client, STRIDED)["layers"]]
    other = [{"class_name": "Flatten"}, {"class_name": "Dense", "config": {"units": 10, "activation": "softmax"}}]

    estimates = [check(client, STRIDED, model=model) for model in (STRIDED["model"], {"layers": layers})]
    finish_run(client, database, STRIDED, [7.0], device="CPU")
    measured = check(client, STRIDED, model={"layers": layers})

    assert estimates[0]["seconds_per_epoch_range"] == estimates[1]["seconds_per_epoch_range"]
    assert (measured["seconds_per_epoch"], measured["seconds_per_epoch_range"]) == (pytest.approx(7.1), None)
    assert check(client, STRIDED, model={"layers": other})["seconds_per_epoch_range"] is not None


def test_features_are_timed_by_the_device_then_as_measured_and_not_where_they_are_kept(
    client: TestClient, database: Database, settings: Settings
) -> None:
    report_worker(database, multiplications_per_second={"float32": 1e10})
    store_photos(database, "datasets/photos")
    features = settings.data_dir / "datasets" / "photos" / "features" / "efficientnet_lite0-96-float32-abc"

    estimate = check(client, ON_PHOTOS)
    features.mkdir(parents=True)
    (features / "images_per_second").write_text("50")
    measured = check(client, ON_PHOTOS)
    varied = check(client, ON_PHOTOS, augmentation={"horizontal_flip": True})
    (features / "train.done").write_bytes(b"\x01" * 500)
    kept = check(client, ON_PHOTOS)

    least, most = estimate["feature_seconds_range"]
    assert least < estimate["feature_seconds"] < most
    assert (measured["feature_seconds"], measured["feature_seconds_range"]) == (12, None)
    assert varied["feature_seconds"] == 12 + 8 * 500 / 50
    assert kept["feature_seconds"] == 0
    assert check(client, STRIDED)["feature_seconds"] == 0


def test_a_run_on_another_kind_of_device_measures_nothing_here(client: TestClient, database: Database) -> None:
    report_worker(database, multiplications_per_second={"float32": 1e10})
    finish_run(client, database, STRIDED, [0.4], device="NVIDIA H100")

    assert check(client, STRIDED)["seconds_per_epoch_range"] is not None


def store_pets(database: Database, name: str, train: list[int], side: int = 32) -> None:
    manifest = {**PETS_MANIFEST, "image_shape": [side, side, 3], "counts": {"train": train, "test": [20, 0]}}
    with database.write() as session:
        session.add(Dataset(name=name, status="ready", touched_at=0.0, manifest={**manifest, "name": name}))


def test_a_new_version_of_a_dataset_keeps_what_was_measured_on_the_one_before_by_its_images(
    client: TestClient, database: Database
) -> None:
    report_worker(database, multiplications_per_second={"float32": 1e10})
    spec = {**STRIDED, "dataset": {"name": "pets"}}
    store_pets(database, "pets", [60, 40])
    parameters = check(client, spec)["parameters"]
    finish_run(client, database, spec, [8.0], device="CPU", parameters=parameters)

    store_pets(database, "pets@2", [61, 39])
    relabelled = check(client, spec)
    store_pets(database, "pets@3", [100, 80])
    larger = check(client, spec)
    own = {**spec, "dataset": {"name": "pets@2"}}
    finish_run(client, database, own, [5.0], device="CPU", parameters=parameters)
    measured = check(client, own)
    larger_than_the_newest_measured = check(client, spec)

    assert (relabelled["seconds_per_epoch"], relabelled["seconds_per_epoch_range"]) == (pytest.approx(8.1), None)
    assert larger["seconds_per_epoch"] == pytest.approx(8.1 * (3 * 180 + 20) / (3 * 100 + 20))
    assert measured["seconds_per_epoch"] == pytest.approx(5.1)
    assert larger_than_the_newest_measured["seconds_per_epoch"] == pytest.approx(5.1 * 560 / 320)


@pytest.mark.parametrize(("train", "side"), [([400, 400], 32), ([60, 40], 64)])
def test_a_version_of_many_more_images_or_of_another_size_measures_nothing(
    train: list[int], side: int, client: TestClient, database: Database
) -> None:
    report_worker(database, multiplications_per_second={"float32": 1e10})
    pooled = [
        {"class_name": "GlobalAveragePooling2D"},
        {"class_name": "Dense", "config": {"units": 2, "activation": "softmax"}},
    ]
    spec = {"dataset": {"name": "pets"}, "model": {"layers": pooled}}
    store_pets(database, "pets", [60, 40])
    finish_run(client, database, spec, [8.0], device="CPU", parameters=check(client, spec)["parameters"])

    store_pets(database, "pets@2", train, side)

    assert check(client, spec)["seconds_per_epoch_range"] is not None
