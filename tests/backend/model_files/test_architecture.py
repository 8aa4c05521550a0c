"""Architectures are read from text, .keras and .h5 files; everything else is named, and nothing is run or written."""

import json
import pickle
import zipfile
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from backend.errors import Problem, TooLarge
from backend.model_files import child
from backend.model_files.architecture import read_architecture

h5py: Any = import_module("h5py")  # it has no types

MODEL = {"class_name": "Sequential", "config": [{"class_name": "Flatten", "config": {"name": "f"}}]}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "model"


def keras_file(path: Path, **entries: str | bytes) -> Path:
    """Writes a .keras file; a key `a__b` is the entry `a.b`."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name.replace("__", "."), content)
    return path


def hdf5_file(path: Path, **attributes: Any) -> Path:
    with h5py.File(path, "w") as file:
        file.create_group("model_weights")
        file.attrs.update(attributes)
    return path


def refusal(path: Path) -> str:
    with pytest.raises(Problem) as caught:
        read_architecture(path)
    return caught.value.detail


def test_what_an_hdf5_file_has_comes_back_small_and_as_text(path: Path) -> None:
    with h5py.File(path, "w") as file:
        file.attrs["model_config"] = json.dumps(MODEL)
        file.create_group(b"w\xff")
        file.create_group("x" * 10_000)
    assert read_architecture(path).left == ["b'w\\xff'", "x" * 80]

    hdf5_file(path, model_config=" " * (child.MAX_TEXT_BYTES + 1))
    assert "has more than the 8 MiB that are allowed" in refusal(path)


def test_text_is_read_in_the_encodings_of_editors(path: Path) -> None:
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        path.write_text(json.dumps(MODEL), encoding=encoding)
        assert read_architecture(path).value == MODEL


def test_of_a_keras_file_only_the_architecture_is_read(path: Path) -> None:
    keras_file(path, config__json=json.dumps(MODEL), model__weights__h5=b"\x89HDF", evil__pkl=pickle.dumps(print))

    architecture = read_architecture(path)

    assert (architecture.value, architecture.file) == (MODEL, ".keras")
    assert architecture.left == ["model.weights.h5", "evil.pkl"]


def test_of_an_h5_file_only_the_architecture_is_read(path: Path) -> None:
    architecture = read_architecture(hdf5_file(path, model_config=json.dumps(MODEL), keras_version="2.4.0"))

    assert (architecture.value, architecture.file, architecture.version) == (MODEL, ".h5", "2.4.0")


def test_a_path_outside_of_the_archive_is_refused(path: Path, tmp_path: Path) -> None:
    for name in ("../evil.json", "/tmp/evil.json", "a\\..\\..\\evil", "C:\\evil"):  # noqa: S108
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("config.json", json.dumps(MODEL))
            archive.writestr(name, "{}")
        assert "names a path outside of itself" in refusal(path)
    assert [file.name for file in tmp_path.iterdir()] == ["model"]


def test_an_architecture_that_inflates_beyond_the_limit_is_refused(path: Path) -> None:
    keras_file(path, config__json=b" " * (child.MAX_TEXT_BYTES + 1))

    assert refusal(path) == (
        "The architecture has more than the 8 MiB that are allowed. "
        "Send what model.to_json() gives in Python, or a .keras file."
    )


@pytest.mark.parametrize("place", [26, -6])
def test_a_zip_whose_header_lies_is_refused(path: Path, place: int) -> None:
    content = bytearray(keras_file(path, config__json=json.dumps(MODEL)).read_bytes())
    content[place : place + 4] = b"\xff\xff\xff\x7f"
    path.write_bytes(content)

    assert "damaged" in refusal(path)


@pytest.mark.parametrize("length", [8, 100, 1_500])
def test_an_h5_file_that_is_cut_off_is_refused(path: Path, length: int) -> None:
    hdf5_file(path, model_config=json.dumps(MODEL))
    path.write_bytes(path.read_bytes()[:length])

    assert "is damaged or was cut off" in refusal(path)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty"),
        (pickle.dumps({"a": 1}), "This is a pickle of Python, which can run code, so it is never opened"),
        (b"\x1c\0\0\0TFL3\0", "This is a model of TensorFlow Lite"),
        (b"\x08\x07\x12\x07pytorch\x1a\0", "This is a model of ONNX, exported by PyTorch"),
        (b"\0\1\2\3 no HDF5", "This is neither JSON nor a .keras or .h5 file"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:1\n", "This is a pointer of Git LFS"),
        (b"<!DOCTYPE html><html>", "This is a web page, not the file"),
        (b"{'class_name': 'Sequential', 'config': None}", "This is a Python object as print() shows it"),
        (b"import keras\nmodel = keras.Sequential([])", "This is Python code, which is never run"),
        (b"backend: tensorflow\nclass_name: Sequential\n", "This is YAML, which Keras reads no more"),
        (b'{"class_name": "Sequential",', "The file is text, and not valid JSON: Expecting property name"),
        (b"[" * 200 + b"]" * 200, "The JSON is nested too deeply for a model"),
    ],
    ids=lambda value: value[:24] if isinstance(value, str) else "",
)
def test_a_file_without_an_architecture_is_named(path: Path, content: bytes, sentence: str) -> None:
    path.write_bytes(content)

    assert refusal(path).startswith(sentence)


def test_a_zip_or_h5_file_without_an_architecture_is_named(path: Path) -> None:
    assert "This is a model of PyTorch" in refusal(keras_file(path, archive_data__pkl=b"", data__pkl=b""))
    assert "has no config.json" in refusal(keras_file(path, other__txt=b""))
    assert "holds weights without an architecture" in refusal(hdf5_file(path, layer_names=["conv"]))


def test_text_larger_than_any_architecture_is_refused(path: Path) -> None:
    path.write_bytes(b"[" + b" " * child.MAX_TEXT_BYTES)

    with pytest.raises(TooLarge, match="The file has 8 MiB of text, and an architecture at most 8"):
        read_architecture(path)
