"""Writes a run's webapp.zip: a page that predicts in the browser, from a folder or a plain file server.

The page and its runtime come from `frontend/dist/webapp`, which `make setup` builds.
`model.js` has what is the run's own.
"""

import base64
import gzip
import json
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from backend.phrases import percent
from backend.settings import Settings
from worker.exports.archive import write_archive
from worker.exports.chromium import find_chromium
from worker.exports.export_request import ExportRequest
from worker.exports.not_proved import NotProved

NOT_BUILT = (
    "The page of webapp.zip is not built on the worker's machine: {folder} is missing. Run `make setup` there, or name "
    "the folder of the built page in EPOCHBOARD_FRONTEND_DIR."
)
PREPROCESSING = ("image_shape", "fit", "scaling", "statistics", "value_range")
README = """A page that predicts with the model of {name}, in the browser and without a network

Open index.html, or put this folder on any web server. Nothing that is shown to the page leaves the device: its
content security policy forbids it every connection. A browser gives the camera to pages of localhost, of HTTPS and,
in Chromium and Firefox, to those opened from a folder.

index.html, app.js, app.css   the page
model.js                      the model (ONNX), its classes and its preprocessing
runtime.js                    ONNX Runtime Web, as WebAssembly; its licence is in LICENSES.txt
sha256sum -c SHA256SUMS       checks that no file was changed
"""


def write_webapp(path: Path, request: ExportRequest) -> None:
    """Writes all files of the page and their checksums.

    Raises:
        NotProved: this machine has no browser for the proof, or no built page.
    """
    find_chromium()
    write_archive(path, _files(request))


def _files(request: ExportRequest) -> Iterator[tuple[str, bytes]]:
    folder = Settings().frontend_dir / "webapp"
    page = sorted(folder.glob("*"))
    if not page:
        raise NotProved(NOT_BUILT.format(folder=folder))
    yield "README.txt", README.format(name=request.name).encode()
    yield from ((file.name, file.read_bytes()) for file in page)
    yield "model.js", f"self.epochboardModel = {json.dumps(_model(request))}\n".encode()


def _model(request: ExportRequest) -> dict[str, Any]:
    """Returns what `frontend/src/webapp/model.ts` declares."""
    return {
        "name": request.name,
        "classes": request.preprocessing["classes"],
        "preprocessing": {name: request.preprocessing[name] for name in PREPROCESSING},
        "threshold": request.threshold,
        "facts": [{"label": label, "value": value} for label, value in _facts(request)],
        "onnx": base64.b64encode(gzip.compress(_onnx(request), mtime=0)).decode(),
    }


def _onnx(request: ExportRequest) -> bytes:
    from worker.exports.converters import onnx, scaled_model

    with tempfile.TemporaryDirectory() as folder, scaled_model(Path(request.best), request.temperature) as best:
        path = Path(folder) / "model.onnx"
        onnx(best, path)
        return path.read_bytes()


def _facts(request: ExportRequest) -> Iterator[tuple[str, str]]:
    spec, metrics = json.loads(request.texts["spec.json"]), json.loads(request.texts["metrics.json"])
    yield "Trained on", spec["dataset"]["name"]
    if metrics["best"]:
        yield (
            "Accuracy on validation images, which chose the epoch",
            _percent(metrics["best"]["metrics"]["val_accuracy"]),
        )
    if metrics["test"]:
        yield "Accuracy on test images", _percent(metrics["test"]["metrics"]["accuracy"])
    if request.finished_at:
        date = datetime.fromtimestamp(request.finished_at, UTC)
        yield "Date", f"{date.day} {date:%B %Y}"


def _percent(share: float | None) -> str:
    return "unknown" if share is None else percent(share)
