"""Built-in datasets are found in caches, fetched, read and written to the store; wrong files are refused."""

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

from backend.datasets.built_in import BUILT_IN, downloads_folder
from backend.datasets.store import StoredDataset
from tests.support.files.built_in_files import FILES, fashion, mnist, pickles_in_tar, put_into_cache
from tests.support.files.file_server import ServedFile, serving
from worker.datasets import fetching
from worker.datasets.built_in.cached import cached_datasets
from worker.datasets.ingest import prepare
from worker.datasets.progress import ProgressUpdate, log_progress
from worker.errors import DatasetUnavailable


def ignore(_update: ProgressUpdate) -> None:
    return None


ExpectFiles = Callable[[str, list[bytes]], None]


@pytest.fixture
def keras_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Sets an empty KERAS_HOME and an unreachable mirror; returns the folder of cached datasets."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setenv("EPOCHBOARD_MIRROR_URL", "http://127.0.0.1:1")
    monkeypatch.setattr(fetching, "FIRST_PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(fetching, "TIMEOUT", httpx.Timeout(2.0))
    return tmp_path / "keras" / "datasets"


@pytest.fixture
def expect_files(monkeypatch: pytest.MonkeyPatch) -> ExpectFiles:
    """Returns a function that replaces the expected hashes of a built-in dataset by those of other contents."""

    def replace_hashes(name: str, contents: list[bytes]) -> None:
        known = BUILT_IN[name]
        files = [
            dataclasses.replace(file, sha256=hashlib.sha256(content).hexdigest())
            for file, content in zip(known.files, contents, strict=True)
        ]
        monkeypatch.setitem(BUILT_IN, name, dataclasses.replace(known, files=tuple(files)))

    return replace_hashes


def test_a_dataset_is_cached_when_all_its_files_are_there_under_the_name_of_some_version(
    keras_home: Path, tmp_path: Path
) -> None:
    put_into_cache("fashion_mnist", keras_home, fashion())
    put_into_cache("cifar10", keras_home, [b""], version=1)
    put_into_cache("mnist", keras_home, mnist())
    next(keras_home.glob("fashion-mnist/t10k-labels*")).unlink()

    assert cached_datasets(tmp_path) == ["cifar10", "mnist"]


def test_digits_are_split_by_class_and_scaled_to_255(tmp_path: Path) -> None:
    folder, manifest = prepare("digits", tmp_path, ignore)
    train, test = (StoredDataset.open(folder).images(split) for split in ("train", "test"))

    assert folder.parent == tmp_path
    assert manifest.classes == list("0123456789")
    assert manifest.image_shape == [8, 8, 1]
    assert len(train) + len(test) == 1797
    assert all(35 <= count <= 37 for count in manifest.counts["test"])
    assert train.max() == 255
    assert 128 in np.unique(train), "8 of 16 is 127.5, which rounds to even"
    assert len(np.unique(train)) == 17


def test_digits_are_reproducible(tmp_path: Path) -> None:
    assert prepare("digits", tmp_path, ignore)[1] == prepare("digits", tmp_path, ignore)[1]


def test_fashion_mnist_is_read_from_keras_home(tmp_path: Path, keras_home: Path, expect_files: ExpectFiles) -> None:
    expect_files("fashion_mnist", fashion())
    put_into_cache("fashion_mnist", keras_home, fashion())
    lines: list[str] = []

    folder, manifest = prepare("fashion_mnist", tmp_path / "datasets", log_progress(lines.append))
    dataset = StoredDataset.open(folder)

    assert manifest.classes[:2] == ["T-shirt/top", "Trouser"]
    assert manifest.counts == {"train": [3] * 10, "test": [1] * 10}
    assert dataset.images("train")[:, 27, 27, 0].tolist() == list(range(30))
    assert dataset.labels("test").tolist() == list(range(9, -1, -1))
    assert lines[-1] == "Writing 40 images of fashion_mnist to the store"


def test_mnist_is_read(tmp_path: Path, keras_home: Path, expect_files: ExpectFiles) -> None:
    expect_files("mnist", mnist())
    put_into_cache("mnist", keras_home, mnist())

    folder, manifest = prepare("mnist", tmp_path / "datasets", ignore)

    assert manifest.counts == {"train": [2] * 10, "test": [1] * 5 + [0] * 5}
    assert StoredDataset.open(folder).images("test")[:, 0, 0, 0].tolist() == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("version", [0, 1, 2])
@pytest.mark.parametrize("name", ["cifar10", "cifar100"])
def test_cifar_is_read_from_the_cache_of_each_keras_version(
    tmp_path: Path, keras_home: Path, expect_files: ExpectFiles, name: str, version: int
) -> None:
    contents = FILES[name]()
    expect_files(name, contents)
    put_into_cache(name, keras_home, contents, version)

    folder, manifest = prepare(name, tmp_path / "datasets", ignore)
    stored = StoredDataset.open(folder)

    assert manifest.image_shape == [32, 32, 3]
    assert len(manifest.classes) == {"cifar10": 10, "cifar100": 100}[name]
    assert stored.images("test")[7, 31, 31].tolist() == [7, 100, 200]
    assert stored.labels("train")[:10].tolist() == list(range(10))


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_fetched_into_the_cache_of_keras(
    tmp_path: Path, keras_home: Path, expect_files: ExpectFiles, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    contents = FILES[name]()
    expect_files(name, contents)
    put_into_cache(name, keras_home, contents)
    last = keras_home / BUILT_IN[name].files[-1].cached[0]
    last.unlink()
    served = ServedFile(contents[-1], cut_after=[10])
    with serving(served) as address:
        monkeypatch.setenv("EPOCHBOARD_MIRROR_URL", address)
        prepare(name, tmp_path / "datasets", ignore)

    assert last.read_bytes() == contents[-1]
    assert served.requests == ["", "bytes=10-"]


def test_a_file_is_fetched_to_the_datasets_folder_if_the_cache_is_not_writable(
    tmp_path: Path, keras_home: Path, expect_files: ExpectFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    expect_files("mnist", mnist())
    keras_home.parent.mkdir(parents=True)
    keras_home.write_text("a file where the folder should be")
    with serving(ServedFile(mnist()[0])) as address:
        monkeypatch.setenv("EPOCHBOARD_MIRROR_URL", address)
        prepare("mnist", tmp_path / "datasets", ignore)

    assert (downloads_folder(tmp_path / "datasets") / "mnist.npz").read_bytes() == mnist()[0]


def test_a_file_provided_by_the_user_is_used(tmp_path: Path, keras_home: Path, expect_files: ExpectFiles) -> None:
    expect_files("mnist", mnist())
    folder = downloads_folder(tmp_path / "datasets")
    folder.mkdir(parents=True)
    (folder / "mnist.npz").write_bytes(mnist()[0])

    assert prepare("mnist", tmp_path / "datasets", ignore)[1].name == "mnist"
    assert not keras_home.exists()


def test_a_file_provided_during_the_download_ends_the_download(
    tmp_path: Path, keras_home: Path, expect_files: ExpectFiles
) -> None:
    expect_files("mnist", mnist())
    folder = downloads_folder(tmp_path / "datasets")

    def provide_file(update: ProgressUpdate) -> None:
        if "retrying in" in update.text:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "mnist.npz").write_bytes(mnist()[0])

    assert prepare("mnist", tmp_path / "datasets", provide_file)[1].name == "mnist"
    assert not (keras_home / "mnist.npz").exists()


def test_a_damaged_file_is_fetched_again_or_named_in_the_error(
    tmp_path: Path, keras_home: Path, expect_files: ExpectFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    expect_files("fashion_mnist", fashion())
    put_into_cache("fashion_mnist", keras_home, fashion())
    broken = keras_home / "fashion-mnist" / "t10k-images-idx3-ubyte.gz"
    broken.write_bytes(broken.read_bytes()[:60])

    with pytest.raises(DatasetUnavailable, match=rf"{broken} exists, but its SHA-256 is not [0-9a-f]{{64}}"):
        prepare("fashion_mnist", tmp_path / "datasets", ignore)
    with serving(ServedFile(fashion()[2])) as address:
        monkeypatch.setenv("EPOCHBOARD_MIRROR_URL", address)
        prepare("fashion_mnist", tmp_path / "datasets", ignore)
    assert broken.read_bytes() == fashion()[2]


class RunsCommand:
    """Runs a command when it is unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, ("touch caught",)


@pytest.mark.parametrize("unsafe", [RunsCommand(), subprocess.Popen, getattr], ids=["a call", "a class", "a function"])
def test_a_pickle_that_uses_more_than_arrays_is_refused(
    tmp_path: Path, keras_home: Path, expect_files: ExpectFiles, monkeypatch: pytest.MonkeyPatch, unsafe: object
) -> None:
    monkeypatch.chdir(tmp_path)
    contents = pickles_in_tar({f"cifar-100-python/{name}": {b"data": unsafe} for name in ("train", "test")})
    expect_files("cifar100", contents)
    put_into_cache("cifar100", keras_home, contents)

    with pytest.raises(DatasetUnavailable, match=r"it uses .*, which is not an array"):
        prepare("cifar100", tmp_path / "datasets", ignore)
    assert not (tmp_path / "caught").exists()


def test_a_pickle_with_a_wrong_hash_is_not_opened(tmp_path: Path, keras_home: Path) -> None:
    put_into_cache("cifar100", keras_home, pickles_in_tar({"cifar-100-python/train": {b"data": RunsCommand()}}))

    with pytest.raises(DatasetUnavailable, match="CIFAR-100 is not on this machine"):
        prepare("cifar100", tmp_path / "datasets", ignore)


def test_an_unknown_name_is_refused_with_the_list_of_names(tmp_path: Path) -> None:
    with pytest.raises(DatasetUnavailable, match="no built-in dataset 'fashion': there are digits, fashion_mnist, cif"):
        prepare("fashion", tmp_path, ignore)


def test_the_command_prints_json_lines(tmp_path: Path) -> None:
    messages, code = ingest("digits", tmp_path / "made")

    assert code == 0
    assert [list(line) for line in messages] == [["progress"], ["progress"], ["manifest"]]
    assert messages[0]["progress"] == {"text": "Reading digits", "done": 0, "total": None, "unit": "images"}
    assert StoredDataset.open(tmp_path / "made").manifest.as_json() == messages[-1]["manifest"]


@pytest.mark.slow
def test_without_files_and_network_the_error_names_file_and_folder(tmp_path: Path) -> None:
    """A proxy that refuses connections replaces the missing network."""
    started = time.monotonic()

    messages, code = ingest("cifar10", tmp_path, KERAS_HOME=str(tmp_path / "keras"), https_proxy="http://127.0.0.1:9")

    error = messages[-1]["error"]
    assert code == 0
    assert error.startswith("CIFAR-10 is not on this machine and cifar-10-python.tar.gz could not be downloaded (")
    assert "`epochboard datasets add cifar10 cifar-10-python.tar.gz`" in error
    assert f"save it as {tmp_path}/keras/datasets/cifar-10-batches-py-target_archive" in error
    assert time.monotonic() - started < 60


def test_a_process_that_makes_a_dataset_loads_neither_keras_nor_the_database() -> None:
    loaded = "{'keras', 'tensorflow', 'sklearn', 'fastapi', 'httpx', 'sqlalchemy'} & set(sys.modules)"
    code = f"import sys, worker.datasets.ingest; print({loaded})"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "set()\n"


# The command with short pauses between its attempts to fetch a file.
INGEST = (
    "import sys; from worker.datasets import fetching, ingest; "
    "fetching.FIRST_PAUSE_SECONDS = 0.01; sys.exit(ingest.main())"
)


def ingest(name: str, folder: Path, **environment: str) -> tuple[list[Any], int]:
    command = (sys.executable, "-c", INGEST)
    request = json.dumps({"name": name, "folder": str(folder)}) + "\n"
    with subprocess.Popen(
        command, env=os.environ | environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(request)
        child.stdin.flush()
        messages = [json.loads(line) for line in child.stdout]
        return messages, child.wait(10)
