"""The helper explains a stored image: Grad-CAM as a plain implementation has it, occlusion, layers, and what-if."""

import base64
import hashlib
import io
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import pytest
import tensorflow as tf
from PIL import Image

from backend.datasets import store
from tests.support.training.trainings import KERAS_SAVES_MODELS
from worker.helper import handlers
from worker.helper import models as helper_models
from worker.training.inference import attention

pytestmark = [pytest.mark.slow, KERAS_SAVES_MODELS]

layers = keras.layers
CONVOLUTIONS = [
    layers.Conv2D(6, 3, activation="relu", name="first"),
    layers.MaxPooling2D(),
    layers.Conv2D(5, 3, padding="same", activation="relu", name="second"),
    layers.Flatten(),
]


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with a dataset of noise, 12 × 12 grey, and networks of three classes."""
    folder = tmp_path_factory.mktemp("data")
    write_dataset(folder, "grey", (12, 12, 1))
    save(folder, "conv", (12, 12, 1), *CONVOLUTIONS, layers.Dense(3, activation="softmax"))
    save(folder, "dense", (12, 12, 1), layers.Flatten(), layers.Dense(3), layers.Softmax())
    return folder


@pytest.fixture(autouse=True, scope="module")
def _no_models_in_memory() -> Iterator[None]:
    helper_models.models.cache_clear()
    yield
    helper_models.models.cache_clear()


def write_dataset(data_dir: Path, name: str, shape: tuple[int, int, int], images: int = 3) -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (images, *shape), np.uint8)
    labels = np.arange(images) % 3
    folder, _ = store.write(data_dir, name, ["a", "b", "c"], {"train": (pixels, labels), "test": (pixels, labels)})
    folder.rename(data_dir / name)


def save(data_dir: Path, name: str, shape: tuple[int, int, int], *network: Any) -> None:
    keras.utils.set_random_seed(3)
    keras.Sequential([keras.Input(shape), *network]).save(data_dir / f"{name}.keras")


def ask(data_dir: Path, kind: str, model: str = "conv", dataset: str = "grey", **question: Any) -> dict[str, Any]:
    path = f"{model}.keras"
    digest = hashlib.sha256((data_dir / path).read_bytes()).hexdigest()
    shape = store.StoredDataset.open(data_dir / dataset).manifest.image_shape
    request = {
        "kind": kind,
        "model": {"path": path, "sha256": digest},
        "preprocessing": {"image_shape": shape, "fit": "stretch", "scaling": "unit"},
        "folder": dataset,
        "split": "test",
        "index": 1,
        **DEFAULTS[kind],
        **question,
    }
    return handlers.handle(data_dir, request)


DEFAULTS: dict[str, dict[str, Any]] = {
    "attention": {"label": 1, "method": "gradcam"},
    "features": {"layer": None},
    "what_if": {"changes": {}, "bands": False},
}


def pixels_of(data_url: str) -> npt.NDArray[np.uint8]:
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(data_url.partition(",")[2]))))


def image_of(data_dir: Path, dataset: str = "grey") -> npt.NDArray[np.float32]:
    pixels = store.StoredDataset.open(data_dir / dataset).images("test")[1]
    return np.asarray(pixels[None] / 255, np.float32)


def plain_grad_cam(model: Any, layer: str, image: npt.NDArray[np.float32], label: int) -> npt.NDArray[np.float32]:
    """Grad-CAM as its paper has it, layer by layer, without the softmax of the last layer."""
    model.layers[-1].activation = keras.activations.linear
    values = tf.constant(image)
    with tf.GradientTape() as tape:
        for each in model.layers:
            values = each(values)
            if each.name == layer:
                features = values
        score = values[:, label]
    weights = tape.gradient(score, features).numpy().mean(axis=(0, 1, 2))
    result = np.maximum((features.numpy()[0] * weights).sum(axis=-1), 0)
    return np.asarray(result / max(1e-9, result.max()), np.float32)


@pytest.mark.parametrize("label", [0, 1, 2])
def test_grad_cam_is_that_of_a_plain_implementation(data_dir: Path, label: int) -> None:
    model = keras.saving.load_model(data_dir / "conv.keras", compile=False)
    expected = plain_grad_cam(model, "second", image_of(data_dir), label)

    answer = ask(data_dir, "attention", label=label)

    assert (answer["layer"], answer["height"], answer["width"]) == ("second", 5, 5)
    enlarged = Image.fromarray(expected).resize((12, 12), Image.Resampling.BILINEAR)
    np.testing.assert_allclose(pixels_of(answer["image"])[:, :, 1], np.asarray(enlarged) * 255, atol=1)


def test_grad_cam_follows_the_branches_of_a_network_in_half_precision(data_dir: Path) -> None:
    image = keras.Input((12, 12, 1))
    half = {"padding": "same", "dtype": "mixed_bfloat16"}
    branch = layers.Conv2D(4, 3, **half)(image)
    both = layers.Add()([branch, layers.Conv2D(4, 3, name="second", **half)(branch)])
    last = layers.Dense(3, activation="softmax")(layers.GlobalAveragePooling2D()(both))
    keras.Model(image, last).save(data_dir / "branches.keras")

    answers = [ask(data_dir, "attention", "branches", label=label) for label in range(3)]

    assert {answer["layer"] for answer in answers} == {"second"}
    assert any(answer["half_area"] for answer in answers)


def test_without_a_class_the_likeliest_one_is_explained(data_dir: Path) -> None:
    top = ask(data_dir, "what_if")["top"]

    assert ask(data_dir, "attention", label=None)["label"] == top[0][0]


def test_a_network_without_a_convolution_has_occlusion_only(data_dir: Path) -> None:
    assert "no Grad-CAM. Occlusion works" in ask(data_dir, "attention", "dense")["refused"]
    assert "no feature maps" in ask(data_dir, "features", "dense")["refused"]

    answer = ask(data_dir, "attention", "dense", method="occlusion")

    assert (answer["layer"], answer["agreement"]) == (None, None)
    assert 0 < answer["half_area"] <= 0.5


def test_occlusion_finds_the_part_that_a_class_depends_on(tmp_path: Path) -> None:
    """Class 1 looks at the upper left corner alone."""
    write_dataset(tmp_path, "grey", (12, 12, 1))
    save(tmp_path, "corner", (12, 12, 1), layers.Flatten(), layers.Dense(3, activation="softmax"))
    model = keras.saving.load_model(tmp_path / "corner.keras")
    kernel = np.zeros((12, 12, 3), np.float32)
    kernel[:3, :3, 1] = image_of(tmp_path)[0, :3, :3, 0] - image_of(tmp_path).mean()
    model.set_weights([kernel.reshape(144, 3), np.zeros(3, np.float32)])
    model.save(tmp_path / "corner.keras")

    answer = ask(tmp_path, "attention", "corner", method="occlusion")

    opacity = pixels_of(answer["image"])[:, :, 1]
    assert opacity[:3, :3].mean() > 100
    assert opacity[5:, 5:].max() == 0


def test_a_layer_has_maps_the_strongest_first_and_the_first_one_filters(data_dir: Path) -> None:
    answer = ask(data_dir, "features")

    assert [layer["name"] for layer in answer["layers"]] == ["first", "second"]
    assert answer["layers"][0] == {"name": "first", "type": "Conv2D", "height": 10, "width": 10, "channels": 6}
    strongest = [feature["strongest"] for feature in answer["maps"]]
    assert strongest == sorted(strongest, reverse=True)
    assert pixels_of(answer["maps"][0]["image"]).shape == (10, 10)
    assert [pixels_of(kernel).shape for kernel in answer["filters"]] == [(3, 3)] * 6
    assert ask(data_dir, "features", layer="second")["filters"] == []
    assert "the network has first, second" in ask(data_dir, "features", layer="third")["invalid"]


def test_an_unchanged_image_is_the_stored_one(data_dir: Path) -> None:
    answer = ask(data_dir, "what_if")

    np.testing.assert_array_equal(pixels_of(answer["image"]), (image_of(data_dir)[0, :, :, 0] * 255).round())
    assert sum(probability for _, probability in answer["top"]) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize(
    "changes",
    [{"rotate": 30}, {"crop": 0.4}, {"brightness": -0.5}, {"blur": 1.0}, {"noise": 0.5}, {"rotate": -5, "noise": 0.1}],
)
def test_a_change_changes_the_image_and_is_the_same_each_time(data_dir: Path, changes: dict[str, float]) -> None:
    images = [ask(data_dir, "what_if", changes=changes)["image"] for _ in range(2)]

    assert images[0] == images[1] != ask(data_dir, "what_if")["image"]


def test_bands_cover_each_slider_and_agree_with_the_answers(data_dir: Path) -> None:
    bands = ask(data_dir, "what_if", bands=True)["bands"]

    assert {name: (row[0]["low"], row[-1]["high"]) for name, row in bands.items()} == {
        "rotate": (-30, 30),
        "brightness": (-1, 1),
        "blur": (0, 1.3),
        "noise": (0, 0.5),
        "crop": (0, 0.4),
    }
    for name, row in bands.items():
        assert all(a["high"] == b["low"] and a["label"] != b["label"] for a, b in pairwise(row))
        for end in (row[0]["low"], row[-1]["high"]):
            answer = ask(data_dir, "what_if", changes={name: end})["top"][0][0]
            assert answer == next(band["label"] for band in row if end in (band["low"], band["high"]))


@pytest.mark.parametrize("side", [1, 1024])
def test_the_smallest_and_the_largest_images(tmp_path: Path, side: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attention, "OCCLUSION_SECONDS", 0.1)
    write_dataset(tmp_path, "rgb", (side, side, 3))
    save(
        tmp_path,
        "conv",
        (side, side, 3),
        layers.Conv2D(2, 1),
        layers.GlobalAveragePooling2D(),
        layers.Dense(3, "softmax"),
    )
    about: dict[str, Any] = {"dataset": "rgb"}

    for method in ("gradcam", "occlusion"):
        assert pixels_of(ask(tmp_path, "attention", method=method, **about)["image"]).shape == (min(side, 512),) * 2 + (
            2,
        )
    assert len(ask(tmp_path, "features", **about)["maps"]) == 2
    changes = {"rotate": 10, "crop": 0.2, "brightness": 0.1, "blur": 1, "noise": 0.1}
    answer = ask(tmp_path, "what_if", changes=changes, bands=side == 1, **about)
    assert pixels_of(answer["image"]).shape == (side, side, 3)


def test_a_deleted_and_a_damaged_model_file_are_reported(tmp_path: Path) -> None:
    write_dataset(tmp_path, "grey", (12, 12, 1))
    (tmp_path / "conv.keras").write_bytes(b"not a model")
    preprocessing = {"image_shape": (12, 12, 1), "fit": "stretch", "scaling": "unit"}
    place = {"folder": "grey", "split": "test", "index": 1, "preprocessing": preprocessing, **DEFAULTS["attention"]}

    damaged = handlers.handle(tmp_path, {"kind": "attention", "model": {"path": "conv.keras", "sha256": "0"}, **place})
    deleted = handlers.handle(tmp_path, {"kind": "attention", "model": {"path": "gone.keras", "sha256": "0"}, **place})

    assert "is damaged" in damaged["unavailable"]
    assert deleted == {"model_replaced": True}


def test_a_network_whose_output_is_nan_has_no_answer(tmp_path: Path) -> None:
    write_dataset(tmp_path, "grey", (12, 12, 1))
    save(tmp_path, "conv", (12, 12, 1), layers.Flatten(), layers.Dense(3, activation="softmax"))
    model = keras.saving.load_model(tmp_path / "conv.keras")
    model.set_weights([np.full_like(array, np.nan) for array in model.get_weights()])
    model.save(tmp_path / "conv.keras")

    assert "is not a number" in ask(tmp_path, "what_if")["invalid"]
