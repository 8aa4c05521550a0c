"""Makes one export and proves it: `python -m worker.exports.exporter`, which reads its order as a line of JSON.

It prints a line, `{"file": {"bytes", "sha256"}, "proof"}` or `{"error"}`. A jobs worker runs it as a child, on the CPU
and at a low priority; the proof is a fresh process of its own, which knows nothing but the file and the samples.
"""

import json
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from backend.files import sha256_of
from worker.exports.bundle import write_bundle
from worker.exports.export_request import ExportRequest
from worker.lifeline import end_with_parent
from worker.training.files import save_file

PROOF_SECONDS = 300
LAST_CHARACTERS = 300


class NotProved(Exception):
    """Why a file is not offered."""


def main() -> int:
    end_with_parent()
    order = ExportRequest.from_json(sys.stdin.readline())
    print(json.dumps(answer(order)), flush=True)
    return 0


def answer(order: ExportRequest) -> dict[str, Any]:
    try:
        return make(order)
    except NotProved as error:
        return {"error": str(error)}
    except OSError as error:
        return {"error": f"A file could not be read or written: {error}"}


def make(order: ExportRequest) -> dict[str, Any]:
    """Make the file from the best model that was announced, and give it its name once it is proved.

    Raises:
        NotProved: there is no such file, and why.
    """
    if sha256_of(Path(order.best)) != order.best_sha256:
        raise NotProved("best.keras on the disk is not what was saved: its sha256 differs.")
    proof = ""

    def write(path: Path) -> None:
        nonlocal proof
        MAKERS[order.kind](path, order)
        proof = prove(path, order)

    saved = save_file(Path(order.out), write)
    return {"file": {"bytes": saved.bytes, "sha256": saved.sha256}, "proof": proof}


def prove(path: Path, order: ExportRequest) -> str:
    """What the proof said.

    Raises:
        NotProved: a fresh process could not read the file, or it predicted something else.
    """
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        ended = _bundle_proof(path, folder) if order.kind == "bundle" else _model_proof(path, order, Path(folder))
    if ended.returncode != 0:
        said = (ended.stdout.strip() or ended.stderr.strip()).splitlines()
        raise NotProved(f"A fresh process could not prove it: {_short(said[-1]) if said else 'it said nothing'}")
    return ended.stdout.strip().splitlines()[-1]


def _bundle_proof(path: Path, folder: str) -> "subprocess.CompletedProcess[str]":
    with zipfile.ZipFile(path) as archive:
        archive.extractall(folder)
    for line in (Path(folder) / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split("  ", 1)
        if sha256_of(Path(folder) / name) != digest:
            raise NotProved(f"{name} in the bundle is not what its SHA256SUMS says.")
    return _run([sys.executable, "predict.py", "--prove"], folder)


def _model_proof(path: Path, order: ExportRequest, folder: Path) -> "subprocess.CompletedProcess[str]":
    images, said = order.samples()
    np.savez(folder / "samples.npz", images=images, probabilities=said)
    (folder / "preprocessing.json").write_text(json.dumps(order.prepares))
    command = [sys.executable, "-m", "worker.exports.proof", order.kind, str(path), str(folder)]
    return _run([*command, str(order.tolerance)], None)


def _run(command: list[str], folder: str | None) -> "subprocess.CompletedProcess[str]":
    try:
        return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=PROOF_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise NotProved(f"A fresh process had not proved it after {PROOF_SECONDS} s.") from None


def _model(kind: str) -> Callable[[Path, ExportRequest], None]:
    def write(path: Path, order: ExportRequest) -> None:
        from worker.exports.converters import MAKERS as BY_KERAS

        try:
            BY_KERAS[kind](Path(order.best), path)
        except OSError:
            raise  # a full disk, say: no fault of Keras
        except Exception as error:
            why = f"{type(error).__name__}: {_short(str(error))}"
            raise NotProved(f"Keras could not make it of this model: {why}") from error

    return write


MAKERS: dict[str, Callable[[Path, ExportRequest], None]] = {
    "bundle": write_bundle,
    **{kind: _model(kind) for kind in ("savedmodel", "tflite", "onnx")},
}


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LAST_CHARACTERS else f"{text[:LAST_CHARACTERS]}…"


if __name__ == "__main__":
    sys.exit(main())
