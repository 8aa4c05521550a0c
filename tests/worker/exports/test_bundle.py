"""A bundle and the other exports of a real model: made, proved by fresh processes, and refused where they lie."""

import dataclasses
import hashlib
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from backend.datasets.preprocessing import of_dataset
from backend.datasets.store import StoredDataset
from tests.support.trainings import KERAS_SAVES_MODELS, TINY, Recorded, spec, tiny_dataset
from worker.exports import converters, exporter
from worker.exports.bundle import write_bundle
from worker.exports.export_request import COARSE_TOLERANCE, TOLERANCE, ExportRequest
from worker.training.fit import train

TF2ONNX = pytest.mark.filterwarnings("ignore:In the future `np.object` will be defined:FutureWarning")
"""Its own warning, with NumPy 2."""
pytestmark = [KERAS_SAVES_MODELS, TF2ONNX, pytest.mark.slow]


@pytest.fixture(scope="module")
def order(tmp_path_factory: pytest.TempPathFactory) -> ExportRequest:
    return order_of(tmp_path_factory.mktemp("run"), "bundle", preprocessing={"scaling": "standard"})


def order_of(parent: Path, kind: str, **changes: Any) -> ExportRequest:
    """An order for the best model of a small training."""
    dataset, report = tiny_dataset(parent), Recorded()
    (parent / "run").mkdir()
    given = spec("tiny", TINY, epochs=2, **changes)
    outcome = train(given, dataset, parent / "run", report)
    best = next(epoch for epoch in reversed(report.epochs) if epoch.best)
    assert best.best is not None
    assert best.probabilities is not None
    statistics = outcome.statistics and dataclasses.asdict(outcome.statistics)
    prepares = of_dataset(dataset.manifest, given.preprocessing.scaling, statistics).model_dump(mode="json")
    return ExportRequest(
        kind=kind,
        out=str(parent / f"out-{kind}"),
        best=str(best.best.path),
        best_sha256=best.best.sha256,
        epoch=best.epoch,
        tolerance=TOLERANCE if given.precision == "float32" else COARSE_TOLERANCE,
        texts={"preprocessing.json": json.dumps(prepares), "classes.json": json.dumps(prepares["classes"])},
        prepares=prepares,
        dataset=str(folder_of(parent)),
        split="test",
        positions=list(range(12)),
        probabilities=str(best.probabilities.path),
        rows=list(range(12)),
    )


def folder_of(parent: Path) -> Path:
    (manifest,) = parent.glob("*/manifest.json")
    return manifest.parent


def test_a_bundle_is_proved_works_alone_and_is_the_same_each_time(order: ExportRequest, tmp_path: Path) -> None:
    answer = exporter.answer(order)
    write_bundle(tmp_path / "again.zip", order)
    with zipfile.ZipFile(order.out) as archive:
        archive.extractall(tmp_path / "home")
        names = archive.namelist()
    images, probabilities = order.samples()
    Image.fromarray(images[0][:, :, 0]).save(tmp_path / "photo.png")

    said = python(tmp_path / "home", "predict.py", str(tmp_path / "photo.png"))

    assert answer["proof"].startswith("12 images, largest difference")
    assert answer["file"]["sha256"] == hashlib.sha256(Path(order.out).read_bytes()).hexdigest()
    assert (tmp_path / "again.zip").read_bytes() == Path(order.out).read_bytes()
    assert {"best.keras", "predict.py", "pictures.py", "requirements.txt", "SHA256SUMS"} < set(names)
    place = int(probabilities[0].argmax())
    expected = f"{StoredDataset.open(Path(order.dataset)).manifest.classes[place]} {probabilities[0][place]:.4f}"
    assert said.split(": ", 1)[1].split(", ")[0] == expected


def python(folder: Path, *arguments: str) -> str:
    """A Python that knows nothing of this project."""
    command = (sys.executable, "-P", *arguments)
    ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, env={"PYTHONPATH": "."})
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.strip().splitlines()[-1]


def test_a_model_that_is_not_the_one_that_was_saved_makes_no_bundle(order: ExportRequest, tmp_path: Path) -> None:
    torn = tmp_path / "best.keras"
    torn.write_bytes(Path(order.best).read_bytes()[:-100])

    answer = exporter.answer(dataclasses.replace(order, best=str(torn), out=str(tmp_path / "bundle.zip")))

    assert answer == {"error": "best.keras on the disk is not what was saved: its sha256 differs."}
    assert list(tmp_path.glob("*bundle.zip")) == []


def test_a_model_that_predicts_something_else_is_not_proved(order: ExportRequest, tmp_path: Path) -> None:
    said = np.load(order.probabilities)
    said[5] = said[5][::-1]
    np.save(tmp_path / "other.npy", said)

    answer = exporter.answer(
        dataclasses.replace(order, probabilities=str(tmp_path / "other.npy"), out=str(tmp_path / "bundle.zip"))
    )

    assert answer["error"].startswith("A fresh process could not prove it: 12 images, largest difference")
    assert list(tmp_path.glob("*bundle.zip")) == []


@pytest.mark.parametrize("kind", ["savedmodel", "tflite", "onnx"])
def test_other_formats_are_proved_in_the_same_way(order: ExportRequest, tmp_path: Path, kind: str) -> None:
    answer = exporter.answer(dataclasses.replace(order, kind=kind, out=str(tmp_path / kind)))

    assert "error" not in answer
    assert answer["proof"].endswith("allowed 0.0001")
    assert (tmp_path / kind).stat().st_size == answer["file"]["bytes"]


def test_mixed_precision_is_proved_within_what_it_rounds(tmp_path: Path) -> None:
    answer = exporter.answer(order_of(tmp_path, "bundle", precision="mixed_bfloat16"))

    assert answer["proof"].endswith("allowed 0.02")


def test_what_keras_cannot_do_is_said(order: ExportRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_best: Path, _path: Path) -> None:
        raise NotImplementedError("no kernel for this\noperation")

    monkeypatch.setitem(converters.MAKERS, "onnx", refuse)

    answer = exporter.answer(dataclasses.replace(order, kind="onnx", out=str(tmp_path / "model.onnx")))

    assert answer == {
        "error": "Keras could not make it of this model: NotImplementedError: no kernel for this operation"
    }
