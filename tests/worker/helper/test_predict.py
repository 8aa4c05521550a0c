"""The helper on pictures of one's own: prepared as in training, refused in words, models kept within bounds."""

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

from backend.datasets.preprocessing import Preprocessing, Statistics, of_dataset
from tests.support.trainings import KERAS_SAVES_MODELS, TINY, Recorded, spec, tiny_dataset
from tests.support.zips import encoded, noise, picture
from worker.helper import answers
from worker.helper.process import HelperProcess
from worker.training import predicting
from worker.training.fit import train
from worker.training.predicting import ModelDamaged, Models

pytestmark = [pytest.mark.slow, KERAS_SAVES_MODELS]

PLAIN = Preprocessing(classes=[], image_shape=(8, 8, 1), fit="stretch", scaling="unit")


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With a folder for pictures, and an untrained network of three classes."""
    folder = tmp_path_factory.mktemp("data")
    (folder / "questions").mkdir()
    save_network(folder / "best.keras", seed=1)
    return folder


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    """Each test begins without a model in memory."""
    answers.models.cache_clear()
    yield
    answers.models.cache_clear()


def save_network(path: Path, seed: int, *, height: int = 8, channels: int = 1) -> Path:
    keras.utils.set_random_seed(seed)
    layers = keras.layers
    stack = [keras.Input((height, height, channels)), layers.Flatten(), layers.Dense(3, activation="softmax")]
    keras.Sequential(stack).save(path)
    return path


def sha(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def ask(data_dir: Path, content: bytes, model: str = "best.keras", **changes: Any) -> dict[str, Any]:
    (data_dir / "questions" / "one.part").write_bytes(content)
    return answers.answer(data_dir, question(data_dir, model, PLAIN.model_copy(update=changes)))


def question(data_dir: Path, model: str, prepares: Preprocessing) -> dict[str, Any]:
    return {
        "kind": "predict",
        "picture": "questions/one.part",
        "model": {"path": model, "sha256": sha(data_dir / model)},
        "preprocessing": prepares.model_dump(exclude={"classes"}),
    }


def test_all_classes_come_in_the_order_of_their_probabilities(data_dir: Path) -> None:
    answer = ask(data_dir, picture())

    probabilities = [probability for _, probability in answer["top"]]
    assert sorted(place for place, _ in answer["top"]) == [0, 1, 2]
    assert probabilities == sorted(probabilities, reverse=True)
    assert sum(probabilities) == pytest.approx(1, abs=1e-6)


def test_what_the_network_saw_comes_with_it(data_dir: Path) -> None:
    seen = ask(data_dir, encoded(noise(4, 8, 8)))["seen"]

    shown = Image.open(io.BytesIO(decoded(seen)))
    np.testing.assert_array_equal(np.asarray(shown), np.asarray(noise(4, 8, 8).convert("L")))


def decoded(data_url: str) -> bytes:
    return base64.b64decode(data_url.removeprefix("data:image/png;base64,"))


@pytest.mark.parametrize("scaling", ["unit", "signed", "standard", "none"])
def test_a_picture_of_the_dataset_gets_the_probabilities_of_its_validation(scaling: str, tmp_path: Path) -> None:
    tiny = tiny_dataset(tmp_path / "datasets")
    (tmp_path / "run").mkdir()
    (tmp_path / "questions").mkdir()
    report = Recorded()
    asked = spec("tiny", TINY, preprocessing={"scaling": scaling}, epochs=1, batch_size=8)
    train(asked, tiny, tmp_path / "run", report)
    (epoch,) = report.epochs
    assert epoch.best is not None
    assert epoch.probabilities is not None
    assert report.prepared_as is not None
    manifest, found = report.prepared_as
    statistics = Statistics(mean=list(found.mean), deviation=list(found.deviation)) if found else None
    prepares = of_dataset(manifest, asked.preprocessing.scaling, statistics and statistics.model_dump())

    image = Image.fromarray(tiny.images("test")[5][:, :, 0])
    answer = ask(tmp_path, encoded(image), epoch.best.path.relative_to(tmp_path).as_posix(), **dict(prepares))

    stored = np.load(epoch.probabilities.path)[5]
    np.testing.assert_allclose([p for _, p in sorted(answer["top"])], stored, atol=1e-6)


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
    ids=["turned", "palette", "cmyk", "16 bit", "animated", "1 by 1", "a thread"],
)
@pytest.mark.parametrize("fit", ["crop", "pad", "stretch"])
def test_each_kind_of_picture_is_answered(data_dir: Path, content: bytes, fit: str) -> None:
    assert len(ask(data_dir, content, fit=fit)["top"]) == 3


def test_the_process_that_answers_gives_way_to_trainings(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EPOCHBOARD_DATA_DIR", str(data_dir))
    (data_dir / "questions" / "one.part").write_bytes(picture())
    asked = HelperProcess(seconds=60)

    answer = asked.ask(question(data_dir, "best.keras", PLAIN))
    (process,) = [one for one in psutil.Process().children() if "worker.helper" in " ".join(one.cmdline())]
    nice, score = process.nice(), Path(f"/proc/{process.pid}/oom_score_adj").read_text()
    asked.end()

    assert len(answer["top"]) == 3
    assert nice == psutil.Process().nice() + 10
    assert int(score) == 500


def test_fifty_megapixels_are_decoded_within_bounds(data_dir: Path) -> None:
    photo = encoded(Image.new("L", (10_000, 5_000), 90), "PNG", compress_level=1)

    assert len(ask(data_dir, photo)["top"]) == 3


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"these are words", "This picture can't be used: it is not an image that can be read; JPEG, PNG"),
        (b"", "it is not an image that can be read"),
        (picture(1, "JPEG")[:400], "it is damaged or cut off"),
        (encoded(Image.new("1", (10_000, 9_000))), "its header says that it has more than 89,478,485 pixels"),
    ],
    ids=["text", "empty", "cut", "huge"],
)
def test_what_is_no_picture_is_told_before_a_model_is_loaded(data_dir: Path, content: bytes, sentence: str) -> None:
    answer = ask(data_dir, content)

    assert sentence in answer["error"]
    assert len(answers.models()) == 0


def test_a_model_that_was_replaced_is_told_as_gone(data_dir: Path) -> None:
    (data_dir / "questions" / "one.part").write_bytes(picture())
    replaced = {"path": "none.keras", "sha256": "0"}

    answer = answers.answer(data_dir, {**question(data_dir, "best.keras", PLAIN), "model": replaced})

    assert answer == {"gone": True}


def test_a_model_file_that_was_changed_is_not_loaded(tmp_path: Path) -> None:
    path = save_network(tmp_path / "best.keras", seed=1)
    before = sha(path)
    path.write_bytes(path.read_bytes() + b"more")

    with pytest.raises(ModelDamaged):
        Models().get(path, before)


def test_an_answer_that_is_no_number_is_told(tmp_path: Path) -> None:
    (tmp_path / "questions").mkdir()
    path = save_network(tmp_path / "best.keras", seed=1)
    model = keras.saving.load_model(path)
    model.set_weights([np.full_like(array, np.nan) for array in model.get_weights()])
    model.save(path)

    assert "is not a number" in ask(tmp_path, picture())["error"]


def test_a_model_is_loaded_once_and_the_oldest_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(predicting, "KEPT_MODELS", 2)
    paths = [save_network(tmp_path / f"{seed}.keras", seed) for seed in range(3)]
    models = Models()
    first, second = (models.get(path, sha(path)) for path in paths[:2])

    assert models.get(paths[0], sha(paths[0])) is first
    models.get(paths[2], sha(paths[2]))

    assert len(models) == 2
    assert models.get(paths[0], sha(paths[0])) is first
    assert models.get(paths[1], sha(paths[1])) is not second


def test_a_model_larger_than_all_room_is_kept_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(predicting, "KEPT_BYTES", 1)
    models = Models()
    for seed in range(2):
        path = save_network(tmp_path / f"{seed}.keras", seed)
        assert models.get(path, sha(path)) is models.get(path, sha(path))

    assert len(models) == 1


def test_a_model_is_traced_once_for_all_pictures(data_dir: Path) -> None:
    forward = Models().get(data_dir / "best.keras", sha(data_dir / "best.keras"))

    for seed in range(3):
        pixels = np.random.default_rng(seed).integers(0, 256, (8, 8, 1), dtype=np.uint8)
        predicting.probabilities(forward, pixels, PLAIN)

    assert forward.experimental_get_tracing_count() == 1
