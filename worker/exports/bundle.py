"""A run's best model as a zip that works without us, the same bytes for the same model each time."""

import hashlib
import json
import zipfile
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np
import numpy.typing as npt

from backend.datasets import decode
from backend.datasets.images import png
from worker.exports.export_request import ExportRequest

PREDICT = Path(__file__).parent / "bundled" / "predict.py"
LONG_AGO = (1980, 1, 1, 0, 0, 0)
PACKED = (".keras", ".png")

README = """The best model of a run, that of epoch {epoch}

python -m venv .venv && .venv/bin/pip install -r requirements.txt
.venv/bin/python predict.py photo.jpg       the five likeliest classes of a picture
.venv/bin/python predict.py --prove         predicts the enclosed images and compares with what the board stored
sha256sum -c SHA256SUMS                     nothing was changed on the way

best.keras           loads in plain Keras: keras.saving.load_model("best.keras")
classes.json         what the model's answers mean, in their order
preprocessing.json   what becomes of a picture before the model sees it; pictures.py and predict.py do it
spec.json            what was trained; metrics.json and history.csv tell how it went
"""


def write_bundle(path: Path, order: ExportRequest) -> None:
    """Fill `path` with all files and their sums."""
    sums: list[str] = []
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in _contents(order):
            sums.append(f"{hashlib.sha256(content).hexdigest()}  {name}\n")
            _add(archive, name, content)
        _add(archive, "SHA256SUMS", "".join(sums).encode())


def _contents(order: ExportRequest) -> Iterator[tuple[str, bytes]]:
    yield "README.txt", README.format(epoch=order.epoch).encode()
    yield "best.keras", Path(order.best).read_bytes()
    for name, text in sorted(order.texts.items()):
        yield name, text.encode()
    yield "predict.py", PREDICT.read_bytes()
    yield "pictures.py", Path(decode.__file__).read_bytes()
    yield "requirements.txt", requirements().encode()
    images, probabilities = order.samples()
    names = [f"{number:02}.png" for number in range(len(images))]
    for number, name in enumerate(names):
        yield f"samples/{name}", png(images, number)
    yield "samples/samples.json", _samples(names, probabilities, order.tolerance)


def requirements() -> str:
    """With the versions that this worker trains with; TensorFlow by its plain name, whatever was installed here."""
    versions = {name: version(name) for name in ("keras", "numpy", "pillow")}
    return "".join(f"{name}=={number}\n" for name, number in {**versions, "tensorflow": _tensorflow()}.items())


def _tensorflow() -> str:
    try:
        return version("tensorflow-cpu")
    except PackageNotFoundError:
        return version("tensorflow")


def _samples(names: list[str], probabilities: npt.NDArray[np.float32], tolerance: float) -> bytes:
    return json.dumps({"images": names, "probabilities": probabilities.tolist(), "tolerance": tolerance}).encode()


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, LONG_AGO)
    entry.external_attr = 0o644 << 16
    entry.compress_type = zipfile.ZIP_STORED if name.endswith(PACKED) else zipfile.ZIP_DEFLATED
    archive.writestr(entry, content)
