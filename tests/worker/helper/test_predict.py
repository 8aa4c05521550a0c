"""The helper predicts uploaded images: decoded and scaled as in training, with a limited number of models in memory."""

import base64
import hashlib
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import psutil
import pytest
from PIL import Image

from backend.datasets.pictures.preprocessing import Preprocessing, from_manifest
from tests.support.files.zips import encoded, noise, picture
from tests.support.training.trainings import KERAS_SAVES_MODELS, TINY, Recorded, spec, tiny_dataset
from worker.helper import handlers
from worker.helper import models as helper_models
from worker.helper.process import HelperProcess
from worker.training.fit import train
from worker.training.inference import prediction
from worker.training.inference.prediction import ModelDamaged, Models

pytestmark = [pytest.mark.slow, KERAS_SAVES_MODELS]

UNIT_SCALING = Preprocessing(classes=[], image_shape=(8, 8, 1), fit="stretch", scaling="unit")


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with an untrained network of three classes."""
    folder = tmp_path_factory.mktemp("data")
    (folder / "questions").mkdir()
    save_network(folder / "best.keras", seed=1)
    return folder


@pytest.fixture(autouse=True)
def _no_models_in_memory() -> Iterator[None]:
    helper_models.models.cache_clear()
    yield
    helper_models.models.cache_clear()


def save_network(path: Path, seed: int, *, height: int = 8, channels: int = 1) -> Path:
    keras.utils.set_random_seed(seed)
    layers = keras.layers
    network = [keras.Input((height, height, channels)), layers.Flatten(), layers.Dense(3, activation="softmax")]
    keras.Sequential(network).save(path)
    return path


def sha(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def predict(data_dir: Path, content: bytes, model: str = "best.keras", **changes: Any) -> dict[str, Any]:
    (data_dir / "questions" / "image.part").write_bytes(content)
    return handlers.handle(data_dir, predict_request(data_dir, model, UNIT_SCALING.model_copy(update=changes)))


def predict_request(data_dir: Path, model: str, preprocessing: Preprocessing) -> dict[str, Any]:
    return {
        "kind": "predict",
        "image": "questions/image.part",
        "top": 5,
        "seen": True,
        "model": {"path": model, "sha256": sha(data_dir / model)},
        "preprocessing": preprocessing.model_dump(exclude={"classes"}),
    }


def test_classes_are_sorted_by_probability(data_dir: Path) -> None:
    response = predict(data_dir, picture())

    probabilities = [probability for _, probability in response["top"]]
    assert sorted(label for label, _ in response["top"]) == [0, 1, 2]
    assert probabilities == sorted(probabilities, reverse=True)
    assert sum(probabilities) == pytest.approx(1, abs=1e-6)


def test_a_camera_frame_is_not_part_of_its_response(data_dir: Path) -> None:
    (data_dir / "questions" / "image.part").write_bytes(picture())
    request = predict_request(data_dir, "best.keras", UNIT_SCALING)

    response = handlers.handle(data_dir, {**request, "seen": False, "top": 2})

    assert response["seen"] is None
    assert len(response["top"]) == 2


def test_the_decoded_image_is_returned(data_dir: Path) -> None:
    seen = predict(data_dir, encoded(noise(4, 8, 8)))["seen"]

    decoded_image = Image.open(io.BytesIO(png_of(seen)))
    np.testing.assert_array_equal(np.asarray(decoded_image), np.asarray(noise(4, 8, 8).convert("L")))


def png_of(data_url: str) -> bytes:
    return base64.b64decode(data_url.removeprefix("data:image/png;base64,"))


@pytest.mark.parametrize("scaling", ["unit", "signed", "standard", "none"])
def test_an_image_of_the_dataset_gets_the_probabilities_of_its_validation(scaling: str, tmp_path: Path) -> None:
    tiny = tiny_dataset(tmp_path / "datasets")
    (tmp_path / "run").mkdir()
    (tmp_path / "questions").mkdir()
    report = Recorded()
    run_spec = spec("tiny", TINY, preprocessing={"scaling": scaling}, epochs=1, batch_size=8)
    train(run_spec, tiny, tmp_path / "run", report)
    (epoch,) = report.epochs
    assert epoch.best is not None
    assert epoch.probabilities is not None
    assert report.prepared_as is not None
    manifest, pixels = report.prepared_as
    statistics = {"mean": list(pixels.mean), "deviation": list(pixels.deviation)} if pixels else None
    preprocessing = from_manifest(manifest, run_spec.preprocessing.scaling, statistics)

    image = Image.fromarray(tiny.images("test")[5][:, :, 0])
    model = epoch.best.path.relative_to(tmp_path).as_posix()
    response = predict(tmp_path, encoded(image), model, **dict(preprocessing))

    stored = np.load(epoch.probabilities.path)[5]
    np.testing.assert_allclose([probability for _, probability in sorted(response["top"])], stored, atol=1e-6)


def turned_and_transparent() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    return encoded(noise(2, 30, 20).convert("RGBA"), "PNG", exif=exif)


@pytest.mark.parametrize(
    "content",
    [
        turned_and_transparent(),
        encoded(noise(1).convert("P")),
        encoded(noise(1).convert("CMYK"), "JPEG"),
        encoded(Image.fromarray(np.full((9, 9), 40_000, np.uint16))),
        encoded(noise(1), "GIF", save_all=True, append_images=[noise(2)]),
        encoded(Image.new("RGB", (1, 1), "red")),
        encoded(Image.new("L", (1, 3000), 200)),
    ],
    ids=["turned", "palette", "cmyk", "16 bit", "animated", "1 by 1", "1 by 3000"],
)
@pytest.mark.parametrize("fit", ["crop", "pad", "stretch"])
def test_images_of_each_mode_and_format_are_predicted(data_dir: Path, content: bytes, fit: str) -> None:
    assert len(predict(data_dir, content, fit=fit)["top"]) == 3


def test_the_helper_has_a_low_priority_and_is_killed_first_when_memory_runs_out(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EPOCHBOARD_DATA_DIR", str(data_dir))
    (data_dir / "questions" / "image.part").write_bytes(picture())
    helper = HelperProcess(timeout_seconds=60)

    response = helper.call(predict_request(data_dir, "best.keras", UNIT_SCALING))
    running = [child for child in psutil.Process().children() if child.status() != psutil.STATUS_ZOMBIE]
    (process,) = [child for child in running if "worker.helper" in " ".join(child.cmdline())]
    nice, score = process.nice(), Path(f"/proc/{process.pid}/oom_score_adj").read_text()
    helper.close()

    assert len(response["top"]) == 3
    assert nice == min(19, psutil.Process().nice() + 10)  # 19 is the lowest priority
    assert int(score) == 500


def test_an_image_of_fifty_megapixels_is_decoded(data_dir: Path) -> None:
    photo = encoded(Image.new("L", (10_000, 5_000), 90), "PNG", compress_level=1)

    assert len(predict(data_dir, photo)["top"]) == 3


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"these are words", "This picture can't be used: it is text, not an image"),
        (b"", "it is empty, not an image"),
        (picture(1, "JPEG")[:400], "it is damaged or truncated"),
        (encoded(Image.new("1", (10_000, 9_000))), "its header declares more than 89,478,485 pixels"),
    ],
    ids=["text", "empty", "cut", "huge"],
)
def test_an_undecodable_image_is_refused_before_a_model_is_loaded(data_dir: Path, content: bytes, message: str) -> None:
    response = predict(data_dir, content)

    assert message in response["invalid"]
    assert len(helper_models.models()) == 0


def test_a_missing_model_file_is_reported_as_replaced(data_dir: Path) -> None:
    (data_dir / "questions" / "image.part").write_bytes(picture())
    replaced = {"path": "none.keras", "sha256": "0"}

    request = predict_request(data_dir, "best.keras", UNIT_SCALING)
    response = handlers.handle(data_dir, {**request, "model": replaced})

    assert response == {"model_replaced": True}


def test_a_changed_model_file_is_not_loaded(tmp_path: Path) -> None:
    path = save_network(tmp_path / "best.keras", seed=1)
    before = sha(path)
    path.write_bytes(path.read_bytes() + b"more")

    with pytest.raises(ModelDamaged):
        Models().get(path, before)


def test_an_output_of_nan_is_refused(tmp_path: Path) -> None:
    (tmp_path / "questions").mkdir()
    path = save_network(tmp_path / "best.keras", seed=1)
    model = keras.saving.load_model(path)
    model.set_weights([np.full_like(array, np.nan) for array in model.get_weights()])
    model.save(path)

    assert "is not a number" in predict(tmp_path, picture())["invalid"]


def test_a_model_is_loaded_once_and_the_least_recently_used_is_dropped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prediction, "KEPT_MODELS", 2)
    paths = [save_network(tmp_path / f"{seed}.keras", seed) for seed in range(3)]
    models = Models()
    first, second = (models.get(path, sha(path)) for path in paths[:2])

    assert models.get(paths[0], sha(paths[0])) is first
    models.get(paths[2], sha(paths[2]))

    assert len(models) == 2
    assert models.get(paths[0], sha(paths[0])) is first
    assert models.get(paths[1], sha(paths[1])) is not second


def test_a_model_larger_than_the_memory_limit_is_the_only_one_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prediction, "KEPT_BYTES", 1)
    models = Models()
    for seed in range(2):
        path = save_network(tmp_path / f"{seed}.keras", seed)
        assert models.get(path, sha(path)) is models.get(path, sha(path))

    assert len(models) == 1


def test_a_model_is_traced_once_for_all_images(data_dir: Path) -> None:
    forward: Any = Models().get(data_dir / "best.keras", sha(data_dir / "best.keras")).forward

    for seed in range(3):
        pixels = np.random.default_rng(seed).integers(0, 256, (8, 8, 1), dtype=np.uint8)
        prediction.probabilities(forward, pixels, UNIT_SCALING)

    assert forward.experimental_get_tracing_count() == 1
