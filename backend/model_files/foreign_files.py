"""Names files that hold no architecture of Keras, by their first bytes or by what lies in a zip."""

import re
from collections.abc import Iterable

TO_JSON = "Send what model.to_json() gives in Python, or a .keras file."
SAVE_AGAIN = "In Python, load it where you trust it, and send what model.to_json() gives."
PICKLE = f"This is a pickle of Python, which can run code, so it is never opened. {SAVE_AGAIN}"

MAGIC: list[tuple[int, bytes, str]] = [
    *((0, bytes((0x80, protocol)), PICKLE) for protocol in range(2, 6)),
    (4, b"TFL3", f"This is a model of TensorFlow Lite, whose layers are merged into operations. {TO_JSON}"),
    (0, b"\x1f\x8b", "This file is compressed by gzip. Unpack it and send what is inside."),
    (0, b"BZh", "This file is compressed by bzip2. Unpack it and send what is inside."),
    (0, b"7z\xbc\xaf", "This is a 7z archive. Unpack it and send the model that is inside."),
    (0, b"Rar!", "This is a RAR archive. Unpack it and send the model that is inside."),
    (0, b"\x93NUMPY", f"This is an array of NumPy: values without layers. {TO_JSON}"),
    (0, b"GGUF", f"This is a GGUF file, which has no layers of Keras. {TO_JSON}"),
    (0, b"\x89PNG", f"This is an image. {TO_JSON}"),
    (0, b"\xff\xd8\xff", f"This is an image. {TO_JSON}"),
    (0, b"%PDF", f"This is a PDF. {TO_JSON}"),
]
"""Where a file begins so, and the sentence about it."""

WORDS: list[tuple[bytes, str]] = [
    (b"pytorch", f"This is a model of ONNX, exported by PyTorch. {TO_JSON}"),
    (b"tf2onnx", f"This is a model of ONNX. {TO_JSON}"),
    (b"onnx", f"This is a model of ONNX. {TO_JSON}"),
    (b"keras_metadata", f"This is a part of a SavedModel. {TO_JSON}"),
    (b"Placeholder", f"This is a graph of TensorFlow operations, without layers. {TO_JSON}"),
]
"""Words in the head of a binary file, and the sentence about it."""

_CODE = r"(?m)^(import|from) \w+|Sequential\(|model\.add\("
_SEND = "Send what model.to_json() gives."
_BUILD = "Build it with Keras' layers and send its to_json()."

TEXTS: list[tuple[str, str]] = [
    (r"version https://git-lfs", "This is a pointer of Git LFS, not the file. Fetch the file with `git lfs pull`."),
    (r"(?i)<!doctype html|<html", "This is a web page, not the file. Download the file itself ('Raw' on GitHub)."),
    (r"Layer \(type\)", f"This is the table of model.summary(). {_SEND}"),
    (r"^\s*[\[{]\s*'", f"This is a Python object as print() shows it, not JSON. {_SEND}"),
    (_CODE, f"This is Python code, which is never run. {_SEND}"),
    (r"(?m)^(class_name|backend|config):", f"This is YAML, which Keras reads no more. {_SEND}"),
    (r"(?m)^layers? \{", f"This is a network of Caffe. {_BUILD}"),
    (r"^\[(net|convolutional)\]", f"This is a network of Darknet. {_BUILD}"),
]
"""Patterns in a text that is no JSON, and the sentence about it."""

ENTRIES: list[tuple[str, str]] = [
    (r"(.*/)?data\.pkl", f"This is a model of PyTorch: a pickle, which can run code, so it is never opened. {TO_JSON}"),
    (r"(.*/)?saved_model\.pb", f"This is a SavedModel: operations without layers. {SAVE_AGAIN}"),
    (r".*\.npy", f"This is an archive of NumPy arrays: values without layers. {TO_JSON}"),
    (r"(.*/)?word/document\.xml", f"This is a Word document. {TO_JSON}"),
    (r"(.*/)?xl/workbook\.xml", f"This is an Excel workbook. {TO_JSON}"),
    (r".*\.(keras|h5|hdf5)", "This is a zip around a model. Unpack it and send the file that is inside."),
    (r".*\.(png|jpe?g)", "This is a zip of images. A dataset is uploaded on the page Datasets."),
]
"""Names in a zip without an architecture, and the sentence about it."""


def named_by_bytes(head: bytes) -> str:
    """Returns the sentence about a file that is neither text, zip nor HDF5, from its first bytes."""
    for start, magic, sentence in MAGIC:
        if head[start:].startswith(magic):
            return sentence
    for word, sentence in WORDS:
        if word in head:
            return sentence
    if head[8:9] == b"{" and b"dtype" in head:
        return f"This is a safetensors file: weights without layers. {TO_JSON}"
    return f"This is neither JSON nor a .keras or .h5 file. {TO_JSON}"


def named_by_text(text: str) -> str | None:
    """Returns the sentence about a text that is no JSON; None where nothing is known of it."""
    return next((sentence for pattern, sentence in TEXTS if re.search(pattern, text[:4_000])), None)


def named_by_entries(names: Iterable[str]) -> str:
    """Returns the sentence about a zip that holds no config.json."""
    names = list(names)
    for pattern, sentence in ENTRIES:
        if any(re.fullmatch(pattern, name) for name in names):
            return sentence
    return f"This zip has no config.json, which a .keras file has. {TO_JSON}"
