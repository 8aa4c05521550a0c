"""Built-in datasets: read, found, fetched, handed over, refused."""

import dataclasses
import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from backend.datasets.built_in import BUILT_IN, downloads
from backend.datasets.store import StoredDataset
from tests.support.built_in_files import FILES, fashion, mnist, packed, put
from tests.support.file_server import Manners, serving
from worker.datasets import fetching
from worker.datasets.ingest import prepare
from worker.datasets.progress import Step, in_sentences
from worker.errors import DatasetUnavailable


def quiet(_step: Step) -> None:
    return None


@pytest.fixture
def keras_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty Keras home, and a network that isn't there."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setenv("EPOCHBOARD_MIRROR_URL", "http://127.0.0.1:1")
    monkeypatch.setattr(fetching, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(fetching, "TIMEOUT", httpx.Timeout(2.0))
    return tmp_path / "keras" / "datasets"


@pytest.fixture
def expect(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, list[bytes]], None]:
    """Has a built-in dataset be read from these files."""

    def changed(name: str, contents: list[bytes]) -> None:
        known = BUILT_IN[name]
        files = [
            dataclasses.replace(file, sha256=hashlib.sha256(content).hexdigest())
            for file, content in zip(known.files, contents, strict=True)
        ]
        monkeypatch.setitem(BUILT_IN, name, dataclasses.replace(known, files=tuple(files)))

    return changed


Expect = Callable[[str, list[bytes]], None]


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


def test_fashion_mnist_is_read_from_keras_home(tmp_path: Path, keras_home: Path, expect: Expect) -> None:
    expect("fashion_mnist", fashion())
    put("fashion_mnist", keras_home, fashion())
    told: list[str] = []

    folder, manifest = prepare("fashion_mnist", tmp_path / "datasets", in_sentences(told.append))
    dataset = StoredDataset.open(folder)

    assert manifest.classes[:2] == ["T-shirt/top", "Trouser"]
    assert manifest.counts == {"train": [3] * 10, "test": [1] * 10}
    assert dataset.images("train")[:, 27, 27, 0].tolist() == list(range(30))
    assert dataset.labels("test").tolist() == list(range(9, -1, -1))
    assert told[-1] == "Writing 40 images of fashion_mnist to the store"


def test_mnist_is_read(tmp_path: Path, keras_home: Path, expect: Expect) -> None:
    expect("mnist", mnist())
    put("mnist", keras_home, mnist())

    folder, manifest = prepare("mnist", tmp_path / "datasets", quiet)

    assert manifest.counts == {"train": [2] * 10, "test": [1] * 5 + [0] * 5}
    assert StoredDataset.open(folder).images("test")[:, 0, 0, 0].tolist() == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize("name", ["cifar10", "cifar100"])
def test_cifar_is_read_from_where_versions_of_keras_put_it(
    tmp_path: Path, keras_home: Path, expect: Expect, name: str, place: int
) -> None:
    contents = FILES[name]()
    expect(name, contents)
    put(name, keras_home, contents, place)

    folder, manifest = prepare(name, tmp_path / "datasets", quiet)
    stored = StoredDataset.open(folder)

    assert manifest.image_shape == [32, 32, 3]
    assert len(manifest.classes) == {"cifar10": 10, "cifar100": 100}[name]
    assert stored.images("test")[7, 31, 31].tolist() == [7, 100, 200]
    assert stored.labels("train")[:10].tolist() == list(range(10))


@pytest.mark.parametrize("name", FILES)
def test_what_is_missing_is_fetched_into_keras_cache(
    tmp_path: Path, keras_home: Path, expect: Expect, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    contents = FILES[name]()
    expect(name, contents)
    put(name, keras_home, contents)
    last = keras_home / BUILT_IN[name].files[-1].cached[0]
    last.unlink()
    manners = Manners(contents[-1], cuts=[10])
    with serving(manners) as address:
        monkeypatch.setenv("EPOCHBOARD_MIRROR_URL", address)
        prepare(name, tmp_path / "datasets", quiet)

    assert last.read_bytes() == contents[-1]
    assert manners.asked == ["", "bytes=10-"]


def test_a_cache_that_cannot_be_written_is_no_hindrance(
    tmp_path: Path, keras_home: Path, expect: Expect, monkeypatch: pytest.MonkeyPatch
) -> None:
    expect("mnist", mnist())
    keras_home.parent.mkdir(parents=True)
    keras_home.write_text("a file where the folder should be")
    with serving(Manners(*mnist())) as address:
        monkeypatch.setenv("EPOCHBOARD_MIRROR_URL", address)
        prepare("mnist", tmp_path / "datasets", quiet)

    assert (downloads(tmp_path / "datasets") / "mnist.npz").read_bytes() == mnist()[0]


def test_a_file_that_was_handed_over_is_used(tmp_path: Path, keras_home: Path, expect: Expect) -> None:
    expect("mnist", mnist())
    folder = downloads(tmp_path / "datasets")
    folder.mkdir(parents=True)
    (folder / "mnist.npz").write_bytes(mnist()[0])

    assert prepare("mnist", tmp_path / "datasets", quiet)[1].name == "mnist"
    assert not keras_home.exists()


def test_a_file_that_is_handed_over_while_it_is_fetched_ends_the_waiting(
    tmp_path: Path, keras_home: Path, expect: Expect
) -> None:
    expect("mnist", mnist())
    folder = downloads(tmp_path / "datasets")

    def tired(step: Step) -> None:
        if "again in" in step.text:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "mnist.npz").write_bytes(mnist()[0])

    assert prepare("mnist", tmp_path / "datasets", tired)[1].name == "mnist"
    assert not (keras_home / "mnist.npz").exists()


def test_a_damaged_file_is_fetched_anew_or_named(
    tmp_path: Path, keras_home: Path, expect: Expect, monkeypatch: pytest.MonkeyPatch
) -> None:
    expect("fashion_mnist", fashion())
    put("fashion_mnist", keras_home, fashion())
    broken = keras_home / "fashion-mnist" / "t10k-images-idx3-ubyte.gz"
    broken.write_bytes(broken.read_bytes()[:60])

    with pytest.raises(DatasetUnavailable, match=rf"{broken} is there, but its SHA-256 is not [0-9a-f]{{64}}"):
        prepare("fashion_mnist", tmp_path / "datasets", quiet)
    with serving(Manners(fashion()[2])) as address:
        monkeypatch.setenv("EPOCHBOARD_MIRROR_URL", address)
        prepare("fashion_mnist", tmp_path / "datasets", quiet)
    assert broken.read_bytes() == fashion()[2]


class Trap:
    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, ("touch caught",)


@pytest.mark.parametrize("trap", [Trap(), subprocess.Popen, getattr], ids=["a call", "a class", "a function"])
def test_a_pickle_that_asks_for_more_than_arrays_is_refused(
    tmp_path: Path, keras_home: Path, expect: Expect, monkeypatch: pytest.MonkeyPatch, trap: object
) -> None:
    monkeypatch.chdir(tmp_path)
    contents = packed({f"cifar-100-python/{name}": {b"data": trap} for name in ("train", "test")})
    expect("cifar100", contents)
    put("cifar100", keras_home, contents)

    with pytest.raises(DatasetUnavailable, match=r"it asks for .*, which is no array"):
        prepare("cifar100", tmp_path / "datasets", quiet)
    assert not (tmp_path / "caught").exists()


def test_a_pickle_of_the_wrong_hash_is_not_even_opened(tmp_path: Path, keras_home: Path) -> None:
    put("cifar100", keras_home, packed({"cifar-100-python/train": {b"data": Trap()}}))

    with pytest.raises(DatasetUnavailable, match="CIFAR-100 is not on this machine"):
        prepare("cifar100", tmp_path / "datasets", quiet)


def test_an_unknown_name_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(DatasetUnavailable, match="no built-in dataset 'fashion': there are digits, fashion_mnist, cif"):
        prepare("fashion", tmp_path, quiet)


def test_the_command_prints_lines_of_json(tmp_path: Path) -> None:
    told, code = ingest("digits", tmp_path / "made")

    assert code == 0
    assert [list(line) for line in told] == [["progress"], ["progress"], ["manifest"]]
    assert told[0]["progress"] == {"text": "Reading digits", "done": 0, "total": None, "unit": "images"}
    assert StoredDataset.open(tmp_path / "made").manifest.as_json() == told[-1]["manifest"]


@pytest.mark.slow
def test_without_files_and_network_it_says_which_file_goes_where(tmp_path: Path) -> None:
    """The proxy refuses at once, on a machine with a network too."""
    started = time.monotonic()

    told, code = ingest("cifar10", tmp_path, KERAS_HOME=str(tmp_path / "keras"), https_proxy="http://127.0.0.1:9")

    sentence = told[-1]["error"]
    assert code == 0
    assert sentence.startswith("CIFAR-10 is not on this machine and cifar-10-python.tar.gz could not be fetched (")
    assert "`epochboard datasets add cifar10 cifar-10-python.tar.gz`" in sentence
    assert f"put it to {tmp_path}/keras/datasets/cifar-10-batches-py-target_archive" in sentence
    assert time.monotonic() - started < 60


def test_fetching_needs_neither_keras_nor_tensorflow() -> None:
    code = "import sys, worker.datasets.ingest; print({'keras', 'tensorflow', 'sklearn', 'fastapi'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "set()\n"


def ingest(name: str, folder: Path, **environment: str) -> tuple[list[Any], int]:
    command = (sys.executable, "-m", "worker.datasets.ingest")
    order = json.dumps({"name": name, "folder": str(folder)}) + "\n"
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, env=os.environ | environment, text=True, **pipes) as child:  # type: ignore[call-overload]
        child.stdin.write(order)
        child.stdin.flush()
        told = [json.loads(line) for line in child.stdout]
        return told, child.wait(10)
