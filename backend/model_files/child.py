"""Reads the architecture of a .keras or .h5 file: `python -m backend.model_files.child FILE`.

It runs in a process of its own, with limits of memory and time, without a right to write files, and without the
service's environment. It prints `{"text", "left", "version"}`, or `{"error"}`. It reads no weights, and unpickles and
calls nothing.
"""

import json
import resource
import signal
import sys
import zipfile
import zlib
from importlib import import_module
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Any

from backend.model_files.foreign_files import TO_JSON, named_by_entries

MAX_MEMORY_BYTES = 2 * 1024**3
MAX_SECONDS = 20
MAX_TEXT_BYTES = 8 * 1024**2  # of an architecture; that of the largest model of keras.applications has 1 MB
MAX_ENTRIES = 10_000
MAX_LEFT = 20  # names of what was not read
SAVE_AGAIN = "Save the model again, or send what model.to_json() gives."
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)
CONFIG = "config.json"


class Unreadable(Exception):
    """A sentence about a file that can't be read."""


def main() -> None:
    _limit()
    path = Path(sys.argv[1])
    try:
        result: dict[str, Any] = _read_zip(path) if zipfile.is_zipfile(path) else _read_hdf5(path)
    except Unreadable as error:
        result = {"error": str(error)}
    except MemoryError:
        result = {"error": "The file says that it needs more memory than any architecture does; it was not read."}
    print(json.dumps(result))


def _limit() -> None:
    signal.alarm(MAX_SECONDS)
    if sys.platform == "linux":  # other systems do not enforce the first limit
        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_SECONDS, MAX_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _read_zip(path: Path) -> dict[str, Any]:
    """Reads config.json, or the model.json of TensorFlow.js. No entry is written anywhere."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = [entry.filename for entry in archive.infolist()]
            _check_names(names)
            config = _config_name(names)
            with archive.open(config) as file:
                content = file.read(MAX_TEXT_BYTES + 1)
    except DAMAGED as error:
        raise Unreadable(f"The zip is damaged ({_short(error)}). {SAVE_AGAIN}") from None
    return _result(content, [name for name in names if name != config], "")


def _check_names(names: list[str]) -> None:
    if len(names) > MAX_ENTRIES:
        raise Unreadable(f"The zip has {len(names):,} entries, and a .keras file has a few. {SAVE_AGAIN}")
    for name in names:
        path = PurePosixPath(name.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or ":" in name[:2]:
            what = f"The zip names a path outside of itself, {_short(name)}, as no .keras file does"
            raise Unreadable(f"{what}; nothing of it was read. {SAVE_AGAIN}")


def _config_name(names: list[str]) -> str:
    """Returns the entry with the architecture: config.json, or the only model.json."""
    models = [name for name in names if PurePosixPath(name).name == "model.json"]
    if CONFIG in names:
        return CONFIG
    if len(models) == 1:
        return models[0]
    raise Unreadable(named_by_entries(names))


def _read_hdf5(path: Path) -> dict[str, Any]:
    """Reads the attribute model_config of the root, which is JSON."""
    try:
        h5py: Any = import_module("h5py")  # it comes with Keras; the service alone does without
    except ImportError:
        raise Unreadable("This service has no h5py, with which .h5 files are read. Send model.to_json().") from None
    try:
        with h5py.File(path, "r", locking=False) as file:
            names = list(file.attrs)
            config = file.attrs["model_config"] if "model_config" in names else None
            version = file.attrs["keras_version"] if "keras_version" in names else ""
            left = list(islice(file, MAX_LEFT))
    except (OSError, ValueError, KeyError, RuntimeError, TypeError) as error:
        raise Unreadable(f"The HDF5 file is damaged or was cut off ({_short(error)}). {SAVE_AGAIN}") from None
    if config is None:
        raise Unreadable(
            "This HDF5 file holds weights without an architecture, as save_weights() writes it. "
            "Send what model.to_json() gives, or a file of model.save()."
        )
    content = config.encode(errors="replace") if isinstance(config, str) else bytes(config)
    return _result(content, left, version if isinstance(version, str) else "")


def _result(content: bytes, left: list[str], version: str) -> dict[str, Any]:
    """Returns what is printed. It is small whatever the file has, since the service reads it whole."""
    return {"text": _text(content), "left": [_short(name) for name in left[:MAX_LEFT]], "version": _short(version)}


def _text(content: bytes) -> str:
    if len(content) > MAX_TEXT_BYTES:
        raise Unreadable(
            f"The architecture has more than the {MAX_TEXT_BYTES // 1024**2} MiB that are allowed. {TO_JSON}"
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable(f"The architecture is no text in UTF-8. {SAVE_AGAIN}") from None


def _short(value: object) -> str:
    """Returns the first line of a message or name, cut and without characters that could not be shown."""
    line = (str(value).splitlines() or [type(value).__name__])[0]
    return "".join(letter if letter.isprintable() else "?" for letter in line)[:80]


if __name__ == "__main__":
    main()
