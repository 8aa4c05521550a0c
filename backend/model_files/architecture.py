"""Reads the architecture in a file as JSON: of text here, of .keras and .h5 files in a child process."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from backend.errors import Invalid, TooLarge
from backend.model_files.child import MAX_SECONDS, MAX_TEXT_BYTES
from backend.model_files.foreign_files import TO_JSON, named_by_bytes, named_by_text
from backend.spec.plain_json import parse

COMMAND = (sys.executable, "-m", "backend.model_files.child")
HEAD_BYTES = 4_096
ZIP = b"PK\x03\x04"
HDF5 = b"\x89HDF\r\n\x1a\n"
HDF5_STARTS = (0, 512, 1_024, 2_048)
ENCODINGS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
KEPT_ENVIRONMENT = ("PATH", "LANG", "VIRTUAL_ENV")  # the child needs nothing else, and no secret


@dataclass(frozen=True)
class Architecture:
    """`value` is the parsed JSON, `version` Keras' own where the file has it. `left` names what was not read."""

    value: Any
    file: str = "JSON"
    left: list[str] = field(default_factory=list)
    version: str = ""


def read_architecture(path: Path) -> Architecture:
    """Returns the architecture in a file.

    Raises:
        Invalid, TooLarge: it holds none; the message names what it is and what to send.
    """
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if not head.strip():
        raise Invalid("The file is empty. Send what model.to_json() gives, or a .keras or .h5 file.")
    if head.startswith(ZIP):
        return _read_in_child(path, ".keras")
    if any(head[start:].startswith(HDF5) for start in HDF5_STARTS):
        return _read_in_child(path, ".h5")
    return Architecture(_parsed(_text(path, head)))


def _read_in_child(path: Path, file: str) -> Architecture:
    environment = {key: os.environ[key] for key in KEPT_ENVIRONMENT if key in os.environ}
    try:
        process = subprocess.run(
            (*COMMAND, str(path)), check=False, capture_output=True, timeout=2 * MAX_SECONDS, env=environment
        )
    except subprocess.TimeoutExpired:
        raise Invalid(f"The {file} file could not be read within {2 * MAX_SECONDS} s. {TO_JSON}") from None
    if process.returncode != 0 or not process.stdout:
        raise Invalid(f"The {file} file is damaged: reading it was stopped. Save the model again and send that file.")
    result = json.loads(process.stdout)
    if "error" in result:
        raise Invalid(result["error"])
    return Architecture(_parsed(result["text"]), file, result["left"], result["version"])


def _text(path: Path, head: bytes) -> str:
    size = path.stat().st_size
    encoding = next((name for mark, name in ENCODINGS.items() if head.startswith(mark)), "utf-8")
    if encoding != "utf-16" and b"\0" in head:
        raise Invalid(named_by_bytes(head))
    if size > MAX_TEXT_BYTES:
        raise TooLarge(
            f"The file has {size / 1024**2:,.0f} MiB of text, and an architecture at most {MAX_TEXT_BYTES // 1024**2}. "
            "Send what model.to_json() gives, without weights."
        )
    try:
        return path.read_bytes().decode(encoding)
    except UnicodeDecodeError:
        raise Invalid(named_by_bytes(head)) from None


def _parsed(text: str) -> Any:
    try:
        return parse(text)
    except RecursionError:
        raise Invalid(f"The JSON is nested too deeply for a model. {TO_JSON}") from None
    except ValueError as error:
        sentence = named_by_text(text)
        raise Invalid(sentence or f"The file is text, and not valid JSON: {error}. {TO_JSON}") from None
