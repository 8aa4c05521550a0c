"""Backbones of keras.applications: the same networks as Keras' own, their weights, and where these come from."""

import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py
import keras
import numpy as np
import pytest

from backend.files import hash_of
from backend.spec import RunSpec
from backend.spec.backbones import BACKBONES, KerasApplication
from backend.spec.backbones.mobilenet_v3_small import MobileNetV3Small
from tests.support.files.file_server import ServedFile, serving
from tests.support.models.keras_weights import random_network, save_as_keras_did
from tests.support.training.trainings import KERAS_SAVES_MODELS
from worker.datasets import fetching
from worker.training import networks
from worker.training.backbones.weights import find_pretrained, set_pretrained
from worker.training.errors import TrainingError
from worker.training.portable.keras_applications import read_weights, set_weights

pytestmark = KERAS_SAVES_MODELS

APPLICATIONS = {name: part for name, part in BACKBONES if issubclass(part, KerasApplication)}
PREPROCESSING = {
    "MobileNetV3Small": keras.applications.mobilenet_v3.preprocess_input,
    "EfficientNetV2B0": keras.applications.efficientnet_v2.preprocess_input,
    "ResNet50V2": keras.applications.resnet_v2.preprocess_input,
    "ConvNeXtTiny": keras.applications.convnext.preprocess_input,
    "DenseNet121": keras.applications.densenet.preprocess_input,
}
BACKBONE = MobileNetV3Small(backbone="MobileNetV3Small")
CONTENT = b"weights" * 100_000


def built(name: str) -> keras.Model:
    model = {"backbone": name, "options": {"input_size": 32}}
    spec = RunSpec.model_validate({"dataset": {"name": "digits"}, "model": model})
    return networks.build(spec.model, (32, 32, 3), 3, "float32")


@pytest.mark.slow
@pytest.mark.parametrize("name", APPLICATIONS)
def test_the_features_are_those_of_keras_own_network(name: str, tmp_path: Path) -> None:
    original, network = random_network(name), built(name)
    set_weights(network, read_weights(save_as_keras_did(original, tmp_path / "weights.h5")))

    levels = np.random.default_rng(1).integers(0, 256, (3, 32, 32, 3)).astype(np.float32)
    expected = original(PREPROCESSING[name](levels.copy()), training=False)
    pixels = levels / 255 if APPLICATIONS[name].scaling == "unit" else levels / 127.5 - 1
    features = keras.Model(network.input, network.get_layer("features").output)(pixels, training=False)

    np.testing.assert_allclose(features, expected, atol=1e-5)
    assert original.count_params() == APPLICATIONS[name].parameters
    assert [layer.name for layer in network.layers if layer.trainable_weights] == ["dense"]


@pytest.mark.parametrize("name", APPLICATIONS)
def test_addresses_and_hashes_are_those_of_the_installed_keras(name: str) -> None:
    found = importlib.util.find_spec("keras")
    assert found is not None
    assert found.origin is not None
    folder, part = Path(found.origin).parent / "src" / "applications", APPLICATIONS[name]
    texts = [re.sub(r'"\s+"', "", path.read_text()) for path in folder.glob("*.py")]

    assert any(part.digest in text and f"keras-applications/{part.folder}/" in text for text in texts)


@pytest.fixture
def keras_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Returns an empty KERAS_HOME. The weights of MobileNetV3Small are CONTENT there."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setattr(fetching, "FIRST_PAUSE_SECONDS", 0.01)
    (tmp_path / "content").write_bytes(CONTENT)
    monkeypatch.setattr(MobileNetV3Small, "digest", hash_of(tmp_path / "content", "MD5"))
    return tmp_path / "keras"


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Iterator[ServedFile]:
    """A server that has the weights."""
    served = ServedFile(CONTENT)
    with serving(served) as address:
        monkeypatch.setenv("EPOCHBOARD_MIRROR_URL", address)
        yield served


def place(keras_home: Path) -> Path:
    return keras_home / "models" / MobileNetV3Small.file


def test_missing_weights_are_downloaded_and_the_next_run_finds_them(keras_home: Path, served: ServedFile) -> None:
    lines: list[str] = []

    assert find_pretrained(BACKBONE, lines.append) == place(keras_home)
    assert find_pretrained(BACKBONE, lines.append).read_bytes() == CONTENT

    assert lines == [f"Downloading {MobileNetV3Small.file}"]
    assert served.requests == [""]


def test_an_interrupted_download_goes_on_where_it_was(keras_home: Path, served: ServedFile) -> None:
    served.cut_after = [300_000]
    (keras_home / "models").mkdir(parents=True)
    place(keras_home).with_name(f"{MobileNetV3Small.file}.part").write_bytes(CONTENT[:200_000])

    find_pretrained(BACKBONE, print)

    assert served.requests == ["bytes=200000-", "bytes=500000-"]
    assert [path.name for path in (keras_home / "models").iterdir()] == [MobileNetV3Small.file]


@pytest.mark.usefixtures("served")
def test_a_torn_file_in_its_place_is_downloaded_again(keras_home: Path) -> None:
    place(keras_home).parent.mkdir(parents=True)
    place(keras_home).write_bytes(CONTENT[:1_000])
    lines: list[str] = []

    assert find_pretrained(BACKBONE, lines.append).read_bytes() == CONTENT

    assert re.fullmatch(rf"{place(keras_home)} has the MD5 \w+, expected is \w+; downloading it again", lines[0])


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        ({"statuses": [404]}, "answered 404 Not Found"),
        ({"content": CONTENT[::-1]}, f"sent a file whose MD5 is .*, expected is {'[0-9a-f]' * 32}"),
        ({"statuses": [503] * 9}, "the server answered 503"),
    ],
)
def test_a_failed_download_names_file_place_and_next_step(
    behaviour: dict[str, Any], reason: str, keras_home: Path, served: ServedFile
) -> None:
    for name, value in behaviour.items():
        setattr(served, name, value)

    with pytest.raises(TrainingError) as error:
        find_pretrained(BACKBONE, print)

    assert error.value.title == "The weights of MobileNetV3Small are missing"
    assert f"{MobileNetV3Small.file} is not in {keras_home}/models" in error.value.detail
    assert re.search(reason, error.value.detail)
    assert "`epochboard weights add MobileNetV3Small weights_" in error.value.hint
    assert f"save it as {place(keras_home)} (KERAS_HOME sets that folder)" in error.value.hint
    assert not place(keras_home).exists()


def test_without_a_network_the_error_names_the_address(keras_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EPOCHBOARD_MIRROR_URL", "http://127.0.0.1:1")
    place(keras_home).parent.mkdir(parents=True)
    place(keras_home).write_bytes(b"torn")

    with pytest.raises(TrainingError) as error:
        find_pretrained(BACKBONE, print)

    assert f"{place(keras_home)} has the MD5" in error.value.detail
    assert "refused" in error.value.detail
    assert MobileNetV3Small.address() in error.value.hint
    assert "(4.3 MB)" in error.value.hint
    assert place(keras_home).read_bytes() == b"torn", "the file that was there stays until a whole one replaces it"


@pytest.mark.usefixtures("served")
def test_a_folder_that_cannot_be_written_is_named(keras_home: Path) -> None:
    keras_home.write_text("a file where the folder should be")

    with pytest.raises(TrainingError, match=r"could not be downloaded \(.*Not a directory"):
        find_pretrained(BACKBONE, print)


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        (["conv"], r"its 1 weights don't fit the 2 of"),
        ([], r"its 0 weights don't fit the 2 of"),
        (None, "can't be read"),
    ],
)
def test_weights_of_another_network_are_refused(names: list[str] | None, reason: str, tmp_path: Path) -> None:
    image = keras.Input((4,))
    features = keras.layers.Dense(3, name="features")(image)
    network = keras.Model(image, keras.layers.Dense(2)(features))
    path = tmp_path / "other.h5"
    with h5py.File(path, "w") as file:
        if names is not None:
            file.attrs["layer_names"] = names
        for name in names or []:
            file.create_group(name).attrs["weight_names"] = ["kernel:0"]
            file[name]["kernel:0"] = np.zeros((3, 3, 3, 16), np.float32)

    with pytest.raises(TrainingError, match=reason) as error:
        set_pretrained(network, BACKBONE, path)

    assert str(path) in error.value.detail
    assert error.value.hint.startswith("Delete it")


def test_a_file_that_is_no_hdf5_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "page.h5"
    path.write_text("<html>")

    with pytest.raises(TrainingError, match="can't be read"):
        set_pretrained(keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)]), BACKBONE, path)
