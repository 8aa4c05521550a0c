"""Built-in datasets: read, fetched, refused."""

import gzip
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from backend.store import StoredDataset
from worker.errors import DatasetUnavailable
from worker.ingest import prepare
from worker.training import sources


def quiet(_text: str) -> None:
    return None


def idx(array: np.ndarray) -> bytes:
    header = bytes([0, 0, 8, array.ndim]) + b"".join(size.to_bytes(4, "big") for size in array.shape)
    return gzip.compress(header + array.tobytes())


@pytest.fixture
def keras_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Keras home that holds a Fashion-MNIST of 30 and 10 images."""
    folder = tmp_path / "keras" / "datasets" / "fashion-mnist"
    folder.mkdir(parents=True)
    for split, size in (("train", 30), ("test", 10)):
        images, labels = sources.FASHION_FILES[split]
        pixels = np.full((size, 28, 28), np.arange(size).reshape(-1, 1, 1), np.uint8)
        (folder / images).write_bytes(idx(pixels))
        (folder / labels).write_bytes(idx(np.arange(size, dtype=np.uint8)[::-1] % 10))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    return folder


def test_digits_are_split_by_class_and_spread_over_all_greys(tmp_path: Path) -> None:
    folder, manifest = prepare("digits", tmp_path, quiet)
    train, test = (StoredDataset.open(folder).images(split) for split in ("train", "test"))

    assert folder.parent == tmp_path
    assert manifest.classes == list("0123456789")
    assert manifest.image_shape == [8, 8, 1]
    assert len(train) + len(test) == 1797
    assert all(35 <= count <= 37 for count in manifest.counts["test"])
    assert train.max() == 255
    assert 128 in np.unique(train), "8 of 16 is 127.5, which rounds to even"
    assert len(np.unique(train)) == 17


def test_digits_are_the_same_each_time(tmp_path: Path) -> None:
    assert prepare("digits", tmp_path, quiet)[1] == prepare("digits", tmp_path, quiet)[1]


@pytest.mark.usefixtures("keras_home")
def test_fashion_mnist_is_read_from_keras_home(tmp_path: Path) -> None:
    told: list[str] = []

    folder, manifest = prepare("fashion_mnist", tmp_path / "datasets", told.append)
    dataset = StoredDataset.open(folder)

    assert manifest.classes[:2] == ["T-shirt/top", "Trouser"]
    assert manifest.counts == {"train": [3] * 10, "test": [1] * 10}
    assert dataset.images("train")[:, 27, 27, 0].tolist() == list(range(30))
    assert dataset.labels("test").tolist() == list(range(9, -1, -1))
    assert told[-1] == "Writing 40 images of fashion_mnist to the store"


def test_a_damaged_file_is_named(keras_home: Path, tmp_path: Path) -> None:
    broken = keras_home / "t10k-images-idx3-ubyte.gz"
    broken.write_bytes(broken.read_bytes()[:60])

    with pytest.raises(DatasetUnavailable, match=rf"{broken} is damaged .*: delete it"):
        prepare("fashion_mnist", tmp_path, quiet)


def test_files_that_do_not_belong_together_are_named(keras_home: Path, tmp_path: Path) -> None:
    (keras_home / "train-labels-idx1-ubyte.gz").write_bytes(idx(np.zeros(7, np.uint8)))

    with pytest.raises(DatasetUnavailable, match=r"holds 30 images and train-labels\S+ 7 labels: delete both"):
        prepare("fashion_mnist", tmp_path, quiet)


def test_an_unknown_name_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(DatasetUnavailable, match="no built-in dataset 'fashion': there are digits, fashion_mnist"):
        prepare("fashion", tmp_path, quiet)


def test_the_command_prints_one_line_of_json(tmp_path: Path) -> None:
    ended = ingest("digits", tmp_path)

    result = json.loads(ended.stdout)
    assert ended.returncode == 0
    assert ended.stdout.count("\n") == 1
    assert StoredDataset.open(Path(result["folder"])).manifest.as_json() == result["manifest"]


@pytest.mark.slow
def test_without_files_and_network_it_says_where_the_files_go(tmp_path: Path) -> None:
    """The proxy refuses at once, on a machine with a network too."""
    started = time.monotonic()

    ended = ingest("fashion_mnist", tmp_path, KERAS_HOME=str(tmp_path / "keras"), https_proxy="http://127.0.0.1:9")

    sentence = json.loads(ended.stdout)["error"]
    assert ended.returncode == 1
    assert sentence.startswith("Fashion-MNIST is not on this machine and could not be fetched")
    assert "put train-images-idx3-ubyte.gz, train-labels-idx1-ubyte.gz, t10k-images-idx3-ubyte.gz, " in sentence
    assert f"into {tmp_path}/keras/datasets/fashion-mnist" in sentence
    assert time.monotonic() - started < 60


def ingest(name: str, folder: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    command = (sys.executable, "-m", "worker.ingest", name, str(folder))
    return subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, timeout=120)
