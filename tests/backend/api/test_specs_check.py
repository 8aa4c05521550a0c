"""`POST /api/specs/check`: errors and warnings about a spec before it is queued, on both databases."""

import time
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from backend import workers
from backend.datasets import registry
from backend.db.engine import Database
from backend.db.models import Dataset, Epoch, Event, Run, Worker
from backend.network import Network, describe
from backend.planning.costs.precision import by_step_seconds
from backend.settings import Settings
from backend.spec import RunSpec
from backend.spec.recipes import recipes
from backend.workers import Slot, TrainingCosts
from tests.support.models.keras_json import functional, image, layer

VGG: dict[str, Any] = {"preset": "vgg"}
FASHION: dict[str, Any] = {"dataset": {"name": "fashion_mnist"}, "model": VGG}
MANIFEST: dict[str, Any] = {
    "name": "pets",
    "classes": ["cat", "dog"],
    "image_shape": [32, 32, 3],
    "counts": {"train": [60, 41], "test": [20, 0]},
    "content_hash": "",
}
PETS: dict[str, Any] = {"dataset": {"name": "pets"}, "model": VGG}
HALF = {"name": "fashion_mnist", "validation": {"from": "train", "fraction": 0.5}}


@pytest.fixture
def pets(database: Database) -> None:
    with database.write() as session:
        row = Dataset(name="pets", status="ready", folder="datasets/pets", manifest=MANIFEST, touched_at=0.0)
        session.add(row)


def check(client: TestClient, spec: dict[str, Any], **changes: Any) -> Any:
    answer = client.post("/api/specs/check", json={**spec, **changes})
    assert answer.status_code == 200, answer.text
    return answer.json()


def messages(notices: list[Any]) -> dict[str, str]:
    return {".".join(map(str, notice["loc"])): notice["msg"] for notice in notices}


def report_worker(database: Database, **slot: Any) -> None:
    with database.write() as session:
        workers.report(session, "w@host", "host", [Slot(name="cpu-0", kind="cpu", device="CPU", **slot)])


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


def test_a_rare_class_is_named_with_what_its_figures_can_mean(client: TestClient, database: Database) -> None:
    counts = {"train": [1_600, 8], "validation": [200, 0], "test": [400, 2]}
    with database.write() as session:
        row = Dataset(name="parts", status="ready", folder="d", manifest=MANIFEST | {"counts": counts}, touched_at=0.0)
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
    assert rare(dataset={"name": "parts", "validation": {"from": "validation"}}) == []  # said to have none


@pytest.mark.usefixtures("pets")
def test_a_class_without_training_images_is_named(client: TestClient, database: Database) -> None:
    with database.write() as session:
        session.get_one(Dataset, "pets").manifest = MANIFEST | {"counts": {"train": [60, 0], "test": [20, 20]}}

    warned = messages(check(client, PETS)["warnings"])

    assert warned["dataset.name"] == "dog has no training images: a model can't learn what it never sees"


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


@pytest.mark.parametrize(("epochs", "rates"), [(15, 15), (1_000, 200), (1_001, 167), (100_000, 200)])
def test_the_learning_rates_of_at_most_200_epochs_are_drawn(client: TestClient, epochs: int, rates: int) -> None:
    optimizer = {"schedule": {"name": "cosine"}}

    drawn = check(client, FASHION, epochs=epochs, optimizer=optimizer)["learning_rates"]

    assert (len(drawn), drawn[0]) == (rates, 0.001)
    assert drawn == sorted(drawn, reverse=True)


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
    assert "the run downloads 31 MB first" in messages(elsewhere)["dataset.name"]


A_SECOND_EACH = TrainingCosts(**dict.fromkeys(TrainingCosts.model_fields, 1.0))
STRIDED: dict[str, Any] = {"dataset": {"name": "fashion_mnist"}, "model": {"preset": "strided_cnn"}}


def finish_run(client: TestClient, database: Database, spec: dict[str, Any], epochs: list[float], device: str) -> None:
    """Adds a finished run on a device, its epochs with these seconds."""
    run_id = client.post("/api/runs", json={"spec": spec}).json()["id"]
    with database.write() as session:
        run = session.get_one(Run, run_id)
        run.status, run.parameters, run.machine = "finished", 360_458, f"TensorFlow 2, Keras 3; {device}, avx2; float32"
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


def store_photos(database: Database, folder: str, classes: int = 10, side: int = 64, of_class: int = 50) -> None:
    """Adds the row of an uploaded dataset, with 10 test images of each class."""
    counts = {"train": [of_class] * classes, "test": [10] * classes}
    names = [f"class {number}" for number in range(classes)]
    manifest = {"classes": names, "image_shape": [side, side, 3], "counts": counts, "content_hash": "h"}
    with database.write() as session:
        session.add(Dataset(name="photos", status="ready", touched_at=0.0, folder=folder, manifest=manifest))


ON_PHOTOS: dict[str, Any] = {"dataset": {"name": "photos"}, "model": {"backbone": "efficientnet_lite0"}, "epochs": 30}


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


def test_a_backbone_on_small_images_is_warned_of(client: TestClient, database: Database) -> None:
    store_photos(database, "datasets/photos", side=16)

    warnings = messages(check(client, ON_PHOTOS)["warnings"])

    assert warnings["model.backbone"].startswith("the images have 16 × 16 pixels, fewer than 32: ")


def test_a_backbone_takes_2_000_classes_of_one_image(client: TestClient, database: Database) -> None:
    store_photos(database, "datasets/photos", classes=2_000, of_class=1)

    answer = check(client, ON_PHOTOS)

    assert answer["ok"]
    assert answer["layers"][-1]["output_shape"] == [2_000]
    assert "model.backbone" not in messages(answer["warnings"])


def test_a_run_on_another_kind_of_device_measures_nothing_here(client: TestClient, database: Database) -> None:
    report_worker(database, multiplications_per_second={"float32": 1e10})
    finish_run(client, database, STRIDED, [0.4], device="NVIDIA H100")

    assert check(client, STRIDED)["seconds_per_epoch_range"] is not None


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
