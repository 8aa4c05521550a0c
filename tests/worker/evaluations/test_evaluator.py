"""Evaluations of small models: what is saved, what is refused in a sentence, and what large inputs are limited to."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from backend.datasets import store
from backend.datasets.pictures.preprocessing import from_manifest
from backend.datasets.store import Manifest
from backend.evaluations.disturbances import conditions
from backend.files import sha256_of
from tests.support.training.trainings import KERAS_SAVES_MODELS, TINY, spec
from worker.evaluations import evaluator, features, images, layout, output
from worker.evaluations.evaluation_request import EvaluationRequest
from worker.training import networks

pytestmark = [KERAS_SAVES_MODELS, pytest.mark.slow]

SOFTMAX = {"class_name": "Dense", "config": {"units": 3, "activation": "softmax"}}
FLATTEN = {"class_name": "Flatten"}
CONVOLUTION = {"class_name": "Conv2D", "config": {"filters": 4, "kernel_size": 3, "padding": "same"}}


def write_dataset(parent: Path, train: int, test: int, side: int, classes: int = 3) -> tuple[Path, Manifest]:
    """Noise whose brightness tells the class."""
    draw, arrays = np.random.default_rng(7), {}
    for split, size in (("train", train), ("test", test)):
        labels = np.arange(size) % classes
        pixels = draw.integers(0, 80, (size, side, side, 1)) + 80 * labels[:, None, None, None]
        arrays[split] = (pixels.clip(0, 255).astype(np.uint8), labels)
    return store.write(parent, "noise", [f"class {number}" for number in range(classes)], arrays)


def request(
    parent: Path,
    kind: str,
    model: Mapping[str, Any] | None = None,
    *,
    side: int = 8,
    train: int = 40,
    test: int = 24,
    classes: int = 3,
    **changes: Any,
) -> EvaluationRequest:
    """Saves a network that was not trained, and returns the request to evaluate it."""
    folder, manifest = write_dataset(parent, train, test, side, classes)
    model = model or {"preset": "strided_cnn", "options": TINY}
    run_spec = spec("noise", TINY, **changes).model_copy(update={})
    run_spec = type(run_spec).model_validate({**run_spec.as_json(), "model": model})
    keras.utils.set_random_seed(0)
    path = parent / "best.keras"
    networks.build(run_spec.model, manifest.image_shape, classes, run_spec.precision).save(path)
    return EvaluationRequest(
        kind=kind,
        out=str(parent / "out"),
        best=str(path),
        best_sha256=sha256_of(path),
        epoch=1,
        spec=run_spec.as_json(),
        preprocessing=from_manifest(manifest, "unit", None).model_dump(mode="json"),
        dataset=str(folder),
    )


def saved(request: EvaluationRequest, name: str) -> np.ndarray:
    return np.asarray(np.load(request.folder / f"{name}.npy"))


def layers(*stack: Mapping[str, Any]) -> dict[str, Any]:
    return {"layers": list(stack)}


def test_a_map_has_features_of_both_splits_and_a_place_for_each_validation_image(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    job = request(tmp_path, "map", dataset={"name": "noise", "validation": {"from": "train", "fraction": 0.5}})

    result = evaluator.run(job)

    assert result["result"] == {"layer": "dense", "stored_splits": {"validation": "train", "train": "train"}}
    trained, validated = saved(job, "positions-train"), saved(job, "positions-validation")
    assert sorted([*trained, *validated]) == list(range(40))
    assert saved(job, "features-train").shape == (len(trained), 8)
    places = saved(job, "map-validation")
    assert places.shape == (len(validated), 2)
    assert np.abs(places).max() == pytest.approx(1)
    assert result["files"]["map-validation.npy"] == sha256_of(job.folder / "map-validation.npy")
    progress = [json.loads(line)["progress"] for line in capsys.readouterr().out.splitlines()]
    assert progress == sorted(progress)
    assert progress[-1] == 1


def test_features_are_what_the_last_layer_gets(tmp_path: Path) -> None:
    job = request(tmp_path, "map")
    evaluator.run(job)
    model = keras.saving.load_model(job.best)
    pixels = store.StoredDataset.open(job.dataset_path).images("train") / np.float32(255)

    expected = keras.Model(model.inputs, model.get_layer("dense").output).predict(pixels, verbose=0)

    np.testing.assert_allclose(saved(job, "features-train"), expected, rtol=1e-5, atol=1e-6)


def test_a_network_without_a_layer_before_its_last_one_is_mapped_by_pixels(tmp_path: Path) -> None:
    job = request(tmp_path, "map", layers(FLATTEN, SOFTMAX))

    assert evaluator.run(job)["result"]["layer"] is None
    assert saved(job, "features-validation").shape == (24, 64)


def test_a_long_vector_is_projected_and_keeps_its_distances(tmp_path: Path) -> None:
    job = request(tmp_path, "map", layers(CONVOLUTION, FLATTEN, SOFTMAX), side=64)

    evaluator.run(job)

    values = saved(job, "features-train").astype(np.float64)
    model = keras.saving.load_model(job.best)
    pixels = store.StoredDataset.open(job.dataset_path).images("train") / np.float32(255)
    exact = keras.Model(model.inputs, model.layers[-2].output).predict(pixels, verbose=0)
    assert exact.shape[1] == 64 * 64 * 4
    assert values.shape == (40, features.MAX_FEATURES)
    ratio = np.linalg.norm(values[:20] - values[20:], axis=1) / np.linalg.norm(exact[:20] - exact[20:], axis=1)
    assert ratio.min() > 0.85
    assert ratio.max() < 1.15


@pytest.mark.parametrize(("side", "test", "classes"), [(1, 1, 1), (1, 2, 2), (8, 9, 1), (8, 12, 2)])
def test_few_images_of_one_pixel_or_one_class_have_a_map(tmp_path: Path, side: int, test: int, classes: int) -> None:
    dense = {"class_name": "Dense", "config": {"units": classes, "activation": "softmax"}}
    job = request(tmp_path, "map", layers(FLATTEN, dense), side=side, test=test, classes=classes)

    assert "result" in evaluator.run(job)
    assert saved(job, "map-validation").shape == (test, 2)
    assert np.isfinite(saved(job, "map-validation")).all()


def test_equal_images_have_a_map() -> None:
    for features_of_images in (np.ones((40, 4), np.float32), np.repeat(np.eye(2, 4, dtype=np.float32), 20, axis=0)):
        places = layout.layout(features_of_images, lambda _share: None)
        assert places.shape == (40, 2)
        assert np.isfinite(places).all()


def test_robustness_counts_right_images_under_each_condition(tmp_path: Path) -> None:
    job = request(tmp_path, "robustness")

    result = evaluator.run(job)["result"]

    assert (result["images"], result["of"]) == (24, 24)
    assert list(result["right"]) == conditions()
    assert saved(job, "examples").shape == (26, 8, 8, 1)


@pytest.mark.parametrize("kind", ["map", "robustness"])
def test_large_images_are_read_in_small_passes_and_few_of_them(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(images, "MIN_IMAGES", 2)
    strided = {"class_name": "Conv2D", "config": {"filters": 2, "kernel_size": 3, "strides": 64}}
    job = request(tmp_path, kind, layers(strided, FLATTEN, SOFTMAX), side=1024, train=2, test=1)

    assert "result" in evaluator.run(job)


def test_training_images_are_predicted(tmp_path: Path) -> None:
    job = request(tmp_path, "training_predictions", dataset={"name": "noise", "train_limit": 30})

    evaluator.run(job)

    probabilities = saved(job, "probabilities-train")
    assert probabilities.shape == (30, 3)
    assert probabilities.dtype == np.float16
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=2e-3)


def test_a_hundred_thousand_images_are_sampled_the_same_each_time() -> None:
    assert images.images_in(15, multiplications=500_000, most=10_000) == 10_000
    assert images.images_in(15, multiplications=10**10, most=10_000) == images.MIN_IMAGES
    assert images.images_in(15, multiplications=0, most=10_000) == 10_000


def test_a_sample_of_a_split_is_ascending_and_repeatable(tmp_path: Path) -> None:
    folder, _ = write_dataset(tmp_path, 40, 24, 8)
    first, again = (images.split_images(folder, spec("noise", TINY), "train", 10) for _ in range(2))

    assert (len(first), first.of, list(first.positions)) == (10, 40, sorted(again.positions))
    assert list(first.labels) == [position % 3 for position in first.positions]


def test_a_model_whose_output_is_nan_is_refused_in_a_sentence(tmp_path: Path) -> None:
    job = request(tmp_path, "robustness")
    model = keras.saving.load_model(job.best)
    model.set_weights([np.full_like(weight, np.nan) for weight in model.get_weights()])
    model.save(job.best)
    damaged = evaluator.run(job)

    result = evaluator.run(EvaluationRequest(**{**vars(job), "best_sha256": sha256_of(Path(job.best))}))

    assert damaged == {"error": "best.keras on the disk is damaged: its SHA-256 is not the stored one."}
    assert result == {"error": "The network's output is not a finite number for some of the images."}


def test_a_full_disk_is_reported_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(output, "save_file", full)
    job = request(tmp_path, "training_predictions")

    assert evaluator.run(job)["error"].startswith("The disk is full: free some space")


def test_a_dataset_that_is_deleted_before_the_process_reads_it_is_reported_in_a_sentence(tmp_path: Path) -> None:
    job = request(tmp_path, "robustness")
    (job.dataset_path / "manifest.json").unlink()

    assert evaluator.run(job)["error"].startswith("The stored dataset is damaged: manifest.json can't be read")
