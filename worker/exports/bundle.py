"""Writes a run's bundle: a zip with its best model and a script that works without Epochboard.

The same model and history give the same bytes, so that a bundle's SHA-256 identifies its content.
"""

import json
from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from backend.datasets.images import encode_png
from backend.datasets.pictures import decode
from worker.exports.archive import write_archive
from worker.exports.export_request import ExportRequest

PREDICT_SCRIPT = Path(__file__).parent / "bundled" / "predict.py"

README = """The best model of a run, that of epoch {epoch}

python -m venv .venv && .venv/bin/pip install -r requirements.txt
.venv/bin/python predict.py photo.jpg       prints the five likeliest classes of an image
.venv/bin/python predict.py --prove         predicts the enclosed images and compares with the stored predictions
sha256sum -c SHA256SUMS                     checks that no file was changed

best.keras           the model; stock Keras loads it: keras.saving.load_model("best.keras")
classes.json         the class names, in the order of the model's output
preprocessing.json   how an image is decoded (decode.py) and scaled (predict.py) before the model gets it
answering.json       the temperature that scales its probabilities, and how sure it must be to answer (null: neither)
spec.json            what was trained; metrics.json and history.csv have its scores
"""


def write_bundle(path: Path, request: ExportRequest) -> None:
    """Writes all files of the bundle and their checksums."""
    write_archive(path, _files(request))


def _files(request: ExportRequest) -> Iterator[tuple[str, bytes]]:
    yield "README.txt", README.format(epoch=request.epoch).encode()
    yield "best.keras", Path(request.best).read_bytes()
    for name, text in sorted(request.texts.items()):
        yield name, text.encode()
    yield "predict.py", PREDICT_SCRIPT.read_bytes()
    yield "decode.py", Path(decode.__file__).read_bytes()
    yield "requirements.txt", requirements(request.preprocessing["packages"]).encode()
    yield "answering.json", _json({"temperature": request.temperature, "threshold": request.threshold})
    yield from _sample_files(request)


def _sample_files(request: ExportRequest) -> Iterator[tuple[str, bytes]]:
    """Yields validation images and what a prediction of them has to give."""
    images, probabilities = request.samples()
    names = [f"{index:02}.png" for index in range(len(images))]
    for index, name in enumerate(names):
        yield f"samples/{name}", encode_png(images, index)
    answers, answer_tolerance = request.answers()
    expected = {
        "images": names,
        "probabilities": probabilities.tolist(),
        "tolerance": request.tolerance,
        "answers": answers.tolist(),
        "answer_tolerance": answer_tolerance,
    }
    yield "samples/samples.json", _json(expected)


def requirements(packages: Iterable[str] = ()) -> str:
    """Returns requirements.txt with this worker's versions; TensorFlow by the name `tensorflow`, whichever it is.

    `packages` decode images of the dataset. Without HEIC among these, a comment says what would be needed for it.
    """
    names = ("keras", "numpy", "pillow", *packages)
    versions = {**{name: version(name) for name in names}, "tensorflow": _tensorflow_version()}
    lines = [f"{name}=={number}\n" for name, number in versions.items()]
    if decode.HEIC_PACKAGE not in names:
        lines.append(f"# for HEIC pictures: {decode.HEIC_PACKAGE}=={version(decode.HEIC_PACKAGE)}\n")
    return "".join(lines)


def _tensorflow_version() -> str:
    try:
        return version("tensorflow-cpu")
    except PackageNotFoundError:
        return version("tensorflow")


def _json(content: dict[str, Any]) -> bytes:
    return json.dumps(content).encode()
