"""`epochboard doctor`: checks what the board needs on this machine and prints a line for each check."""

import os
import shutil
import socket
import subprocess
import sys
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Literal
from urllib.parse import urlsplit

import httpx
import pysqlite3

from backend.db.engine import SAFE_WAL
from backend.nvidia_smi import NvidiaSmiError, list_gpus
from backend.settings import Settings, keras_home
from standalone.board.checks import check_page, check_port, read_settings
from standalone.board.valkey import server
from standalone.errors import CommandError

SAFE_VALKEY = (9, 1, 2)  # the security release of 2026-08-31
DISTRIBUTIONS = ("keras", "tensorflow", "tensorflow-cpu", "celery", "fastapi", "sqlalchemy")
FASHION_FILES = tuple(
    f"{split}-{kind}-ubyte.gz" for split in ("train", "t10k") for kind in ("images-idx3", "labels-idx1")
)
ENOUGH_DISK_BYTES = 5 * 2**30


@dataclass(frozen=True)
class Finding:
    verdict: Literal["ok", "note", "bad"]
    text: str


def doctor(options: Namespace) -> int:
    """Returns 1 when a check found a problem, else 0."""
    settings = read_settings(options.data_dir)
    findings = list(check_all(settings, options.url))
    for finding in findings:
        print(f"{finding.verdict:<4}  {finding.text}")
    return 1 if any(finding.verdict == "bad" for finding in findings) else 0


def check_all(settings: Settings, url: str) -> Iterator[Finding]:
    yield python()
    yield distributions()
    yield sqlite()
    yield valkey()
    yield page(settings)
    yield disk(settings)
    yield fashion_mnist()
    yield gpu()
    yield board(url)
    yield from slots(url)


def python() -> Finding:
    name = f"Python {sys.version.split()[0]}"
    if (3, 11) <= sys.version_info[:2] <= (3, 13):
        return Finding("ok", f"{name} runs TensorFlow.")
    return Finding("bad", f"{name} has no TensorFlow: create .venv with Python 3.11, 3.12 or 3.13 (`make setup`).")


def distributions() -> Finding:
    packages = [f"{name} {number}" for name in DISTRIBUTIONS if (number := installed_version(name))]
    text = f"Installed: {', '.join(packages)}."
    if installed_version("keras") and (installed_version("tensorflow") or installed_version("tensorflow-cpu")):
        return Finding("ok", text)
    return Finding("bad", f"{text} Without Keras and TensorFlow no run can train: `make setup` installs them.")


def installed_version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def sqlite() -> Finding:
    number, safe = pysqlite3.sqlite_version, ".".join(map(str, SAFE_WAL))
    if pysqlite3.sqlite_version_info >= SAFE_WAL:
        return Finding("ok", f"SQLite {number} is safe in WAL mode.")
    return Finding("bad", f"SQLite {number} can lose commits in WAL mode: {safe} is needed; `make setup` installs it.")


def valkey() -> Finding:
    try:
        text = subprocess.run([server(), "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, CommandError, subprocess.CalledProcessError) as error:
        return Finding("bad", f"The embedded Valkey doesn't start ({error}); set EPOCHBOARD_REDIS_URL to a server.")
    number, safe = text.partition("v=")[2].split()[0], ".".join(map(str, SAFE_VALKEY))
    if tuple(map(int, number.split("."))) >= SAFE_VALKEY:
        return Finding("ok", f"Valkey {number} is embedded.")
    return Finding("bad", f"Valkey {number} has known vulnerabilities: {safe} is needed; `make setup`.")


def page(settings: Settings) -> Finding:
    try:
        check_page(settings.frontend_dir)
    except CommandError as error:
        return Finding("bad", str(error))
    return Finding("ok", f"The page is built in {settings.frontend_dir}.")


def disk(settings: Settings) -> Finding:
    folder = settings.data_dir.expanduser().absolute()
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(existing).free
    text = f"{free / 2**30:.1f} GiB are free for {folder}"
    if not os.access(existing, os.W_OK):
        return Finding("bad", f"{existing} can't be written to: choose another folder with EPOCHBOARD_DATA_DIR.")
    if free >= ENOUGH_DISK_BYTES:
        return Finding("ok", f"{text}.")
    return Finding("note", f"{text}: runs store predictions and models of each epoch, so free some space.")


def fashion_mnist() -> Finding:
    folder = keras_home() / "datasets" / "fashion-mnist"
    missing = [name for name in FASHION_FILES if not (folder / name).is_file()]
    if not missing:
        return Finding("ok", f"Fashion-MNIST is in {folder}.")
    return Finding(
        "note",
        f"Keras downloads Fashion-MNIST at its first use; without a network, put {', '.join(missing)} into {folder}.",
    )


def gpu() -> Finding:
    try:
        gpus = list_gpus()
    except NvidiaSmiError as error:
        return Finding("bad", f"{error} Until it works, runs train on the processor.")
    if not gpus:
        return Finding("ok", "No NVIDIA GPU was found: runs train on the processor.")
    names = "; ".join(f"GPU {gpu.index}: {gpu.title}" for gpu in gpus)
    if installed_version("tensorflow-cpu"):
        return Finding("bad", f"{names}, but TensorFlow is the build for CPUs: remove .venv and run `make setup`.")
    return Finding("ok", f"{names}.")


def board(url: str) -> Finding:
    try:
        response = httpx.get(f"{url}/readyz", timeout=5)
        readiness = response.json()
    except (httpx.HTTPError, httpx.InvalidURL, ValueError):
        return port(url)
    if not isinstance(readiness, dict) or "missing" not in readiness:
        return Finding("bad", f"{url} answers, but is not a board: give its --url, or start one on another port.")
    if response.is_success:
        return Finding("ok", f"The board at {url} is ready; train workers: {readiness['workers']}.")
    return Finding("note", f"The board at {url} is not ready: {'; '.join(missing_parts(readiness))}.")


def missing_parts(readiness: dict[str, Any]) -> Iterator[str]:
    for part in readiness["missing"]:
        yield "no train worker is alive" if part == "workers" else f"{part} {readiness[part]}"


def slots(url: str) -> Iterator[Finding]:
    """Yields what is wrong with the slots of a board's workers; nothing if no board answers."""
    try:
        workers = httpx.get(f"{url}/api/workers", timeout=5).raise_for_status().json()["items"]
    except (httpx.HTTPError, httpx.InvalidURL, ValueError):
        return
    for worker in workers:
        for slot in worker["slots"]:
            if slot.get("error"):
                yield Finding("bad", f"Slot {slot['name']} of worker {worker['name']}: {slot['error']}")


def port(url: str) -> Finding:
    address = urlsplit(url)
    try:
        check_port(address.hostname or "127.0.0.1", address.port or 80)
    except CommandError as error:
        return Finding("bad", f"No board answers at {url}. {error}")
    except socket.gaierror:
        return Finding("bad", f"No board answers at {url}, and its host name can't be resolved.")
    return Finding("ok", f"No board runs at {url}, and the port is free: start one with `epochboard up`.")
