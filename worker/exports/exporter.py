"""Makes one export and proves it: `python -m worker.exports.exporter` reads an `ExportRequest` as a line of JSON.

It prints a line, `{"file": {"bytes", "sha256"}, "proof", "prediction_ms", "figures"}` or `{"error"}`. The proof is
another process, which gets only the exported file and the samples; that of a bundle also times a prediction. Small
TFLite files answer otherwise than the original: `worker.exports.measurement` compares all validation images.
"""

import json
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from backend.artifacts.exports import MEASURED
from backend.die_with_parent import dying_with_this_process
from backend.files import save_file, sha256_of
from backend.phrases import in_short
from worker.exports.bundle import write_bundle
from worker.exports.chromium import find_chromium
from worker.exports.export_request import ExportRequest
from worker.exports.not_proved import NotProved
from worker.exports.webapp import write_webapp
from worker.process.lifeline import end_with_parent
from worker.process.oom_score import raise_oom_score
from worker.training.preload import quick_imports

PROOF_TIMEOUT_SECONDS = 300
TIME_LINE = re.compile(r"one prediction: (\S+) ms")  # of a bundle's predict.py
Writer = Callable[[Path, ExportRequest], None]
FORMATS = {
    "bundle": "The bundle",
    "webapp": "The page",
    "savedmodel": "SavedModel",
    "tflite": "TensorFlow Lite",
    "tflite_float16": "TensorFlow Lite in float16",
    "tflite_int8": "TensorFlow Lite in int8",
    "onnx": "ONNX",
}


def main() -> int:
    end_with_parent()
    raise_oom_score()
    request = ExportRequest.from_json(sys.stdin.readline())
    print(json.dumps(run(request)), flush=True)
    return 0


def run(request: ExportRequest) -> dict[str, Any]:
    """Returns the message to print: file and proof, or an error with its details."""
    try:
        return export(request)
    except NotProved as error:
        return {"error": str(error)} | ({"details": error.details} if error.details else {})
    except OSError as error:
        return {"error": f"A file could not be read or written: {in_short(error)}"}


def export(request: ExportRequest) -> dict[str, Any]:
    """Writes the file to a temporary name, proves it, and renames it to `request.out`.

    Raises:
        NotProved: best.keras is damaged, the model can't be converted, or the proof failed.
    """
    if sha256_of(Path(request.best)) != request.best_sha256:
        raise NotProved("best.keras on the disk is damaged: its SHA-256 is not the stored one.")
    request, lines = request.with_temperature(), list[str]()

    def write_and_prove(path: Path) -> None:
        WRITERS[request.kind](path, request)
        lines.extend(prove(path, request))

    saved = save_file(Path(request.out), write_and_prove)
    file = {"bytes": saved.bytes, "sha256": saved.sha256}
    figures = json.loads(lines[-2]) if request.kind in MEASURED else None
    return {
        "file": file,
        "proof": _proof(lines[-1], request),
        "prediction_ms": _prediction_ms(lines),
        "figures": figures,
    }


def _proof(line: str, request: ExportRequest) -> str:
    scaled = "" if request.temperature is None else f"; probabilities scaled by temperature {request.temperature:.3g}"
    return line + scaled


def _prediction_ms(lines: list[str]) -> float | None:
    return next((float(match[1]) for line in lines if (match := TIME_LINE.fullmatch(line))), None)


def prove(path: Path, request: ExportRequest) -> list[str]:
    """Loads the file in a new process and predicts the samples. Returns the lines that it prints, the result last.

    Raises:
        NotProved: the file could not be loaded, or its predictions differ from the stored ones.
    """
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        process = PROOFS.get(request.kind, _prove_model)(path, request, folder)
    if process.returncode != 0:
        output = process.stdout.strip().splitlines()
        message = f"The verification in a new process failed: {output[-1]}" if output else _not_usable(request)
        raise NotProved(message, process.stderr)
    return process.stdout.strip().splitlines()


def _prove_bundle(path: Path, _request: ExportRequest, folder: str) -> "subprocess.CompletedProcess[str]":
    with zipfile.ZipFile(path) as archive:
        archive.extractall(folder)
    for line in (Path(folder) / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split("  ", 1)
        if sha256_of(Path(folder) / name) != digest:
            raise NotProved(f"{name} in the bundle does not match its SHA256SUMS.")
    return _run_process([sys.executable, "predict.py", "--prove"], folder)


def _prove_webapp(path: Path, request: ExportRequest, folder: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "worker.exports.webapp_proof", str(path), folder]
    return _run_process([*command, _write_samples(request, folder), find_chromium()], None)


def _prove_model(path: Path, request: ExportRequest, folder: str) -> "subprocess.CompletedProcess[str]":
    (Path(folder) / "preprocessing.json").write_text(json.dumps(request.preprocessing))
    command = [sys.executable, "-m", "worker.exports.proof", request.kind, str(path), folder]
    return _run_process([*command, _write_samples(request, folder)], None)


def _write_samples(request: ExportRequest, folder: str) -> str:
    """Writes the images and what the export is to answer; returns how much an answer may differ."""
    (images, _), (probabilities, tolerance) = request.samples(), request.answers()
    np.savez(Path(folder) / "samples.npz", images=images, probabilities=probabilities)
    return str(tolerance)


def _measure(path: Path, request: ExportRequest, folder: str) -> "subprocess.CompletedProcess[str]":
    original = Path(folder) / "original.tflite"
    _explained(_convert)(original, replace(request, kind="tflite"))
    command = [sys.executable, "-m", "worker.exports.measurement", str(path), str(original)]
    return _run_process(command, None, request.as_json())


def _run_process(command: list[str], folder: str | None, text: str | None = None) -> "subprocess.CompletedProcess[str]":
    """Runs a command that ends with this process: a bundle's `predict.py` has no code of ours that could do it."""
    try:
        return subprocess.run(
            dying_with_this_process(command),
            cwd=folder,
            input=text,
            capture_output=True,
            text=True,
            timeout=PROOF_TIMEOUT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise NotProved(f"The verification in a new process took longer than {PROOF_TIMEOUT_SECONDS} s.") from None


def _explained(write: Writer) -> Writer:
    """Wraps a writer that converts the network: what the converter raises becomes NotProved."""

    def write_or_explain(path: Path, request: ExportRequest) -> None:
        try:
            write(path, request)
        except (OSError, NotProved):
            raise  # a full disk, for example, and not an error of Keras
        except Exception as error:
            details = f"{type(error).__name__}: {error}"
            raise NotProved(_not_usable(request), details) from error

    return write_or_explain


def _convert(path: Path, request: ExportRequest) -> None:
    with quick_imports():
        from worker.exports.converters import CONVERTERS, scaled_model

    with scaled_model(Path(request.best), request.temperature) as best:
        CONVERTERS[request.kind](best, path)


def _quantize(path: Path, request: ExportRequest) -> None:
    with quick_imports():
        from worker.exports import quantization

    quantization.write_small(path, request)


def _not_usable(request: ExportRequest) -> str:
    """Returns the sentence for a file that can't be made or loaded; most formats refuse 16-bit numbers."""
    network, advice = "this network", "Use another format or best.keras."
    if request.precision != "float32":
        network += f", which computes in {request.precision}"
        advice = "Train the same settings in float32, or use another format or best.keras."
    return f"{FORMATS[request.kind]} could not be made from {network}. {advice} The log says why."


PROOFS = {"bundle": _prove_bundle, "webapp": _prove_webapp, **dict.fromkeys(MEASURED, _measure)}
WRITERS: dict[str, Writer] = {
    "bundle": write_bundle,
    "webapp": _explained(write_webapp),
    **dict.fromkeys(("savedmodel", "tflite", "onnx"), _explained(_convert)),
    **dict.fromkeys(MEASURED, _explained(_quantize)),
}


if __name__ == "__main__":
    sys.exit(main())
