"""Exports of a trained model: made, proved in new processes, and refused when their predictions differ."""

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

from backend.artifacts.schemas import ExportFigures
from backend.datasets.pictures.preprocessing import from_manifest
from backend.datasets.store import StoredDataset
from tests.support.training.trainings import KERAS_SAVES_MODELS, TINY, Recorded, spec, tiny_dataset
from worker.exports import converters, exporter, quantization
from worker.exports.bundle import write_bundle
from worker.exports.export_request import (
    CALIBRATION_IMAGES,
    MIXED_PRECISION_TOLERANCE,
    TOLERANCE,
    ExportRequest,
)
from worker.exports.measurement import compared, measured
from worker.exports.quantization import write_small
from worker.training.fit import train

TF2ONNX = pytest.mark.filterwarnings("ignore:In the future `np.object` will be defined:FutureWarning")
"""tf2onnx warns with NumPy 2."""
DEPRECATED_INTERPRETER = pytest.mark.filterwarnings("ignore:.*tf.lite.Interpreter is deprecated:UserWarning")
"""TensorFlow's own, which is to be taken from another package in future."""
pytestmark = [KERAS_SAVES_MODELS, TF2ONNX, pytest.mark.slow]


@pytest.fixture(scope="module")
def bundle_request(tmp_path_factory: pytest.TempPathFactory) -> ExportRequest:
    return request_for(tmp_path_factory.mktemp("run"), "bundle", preprocessing={"scaling": "standard"})


def request_for(parent: Path, kind: str, **changes: Any) -> ExportRequest:
    """Trains a small model and returns the export request for its best one."""
    dataset, report = tiny_dataset(parent), Recorded()
    (parent / "run").mkdir()
    run_spec = spec("tiny", TINY, epochs=2, **changes)
    outcome = train(run_spec, dataset, parent / "run", report)
    best = next(epoch for epoch in reversed(report.epochs) if epoch.best)
    assert best.best is not None
    assert best.probabilities is not None
    statistics = dataclasses.asdict(outcome.statistics) if outcome.statistics else None
    scaling = run_spec.preprocessing.scaling
    preprocessing = from_manifest(dataset.manifest, scaling, statistics).model_dump(mode="json")
    return ExportRequest(
        kind=kind,
        out=str(parent / f"out-{kind}"),
        best=str(best.best.path),
        best_sha256=best.best.sha256,
        epoch=best.epoch,
        precision=run_spec.precision,
        tolerance=TOLERANCE if run_spec.precision == "float32" else MIXED_PRECISION_TOLERANCE,
        texts={
            "preprocessing.json": json.dumps(preprocessing),
            "classes.json": json.dumps(preprocessing["classes"]),
            "spec.json": json.dumps(run_spec.as_json()),
        },
        preprocessing=preprocessing,
        dataset=str(folder_of(parent)),
        split="test",
        positions=list(range(12)),
        probabilities=str(best.probabilities.path),
        rows=list(range(12)),
    )


def folder_of(parent: Path) -> Path:
    (manifest,) = parent.glob("*/manifest.json")
    return manifest.parent


def test_a_bundle_is_proved_works_without_epochboard_and_is_reproducible(
    bundle_request: ExportRequest, tmp_path: Path
) -> None:
    sure = dataclasses.replace(bundle_request, scales=True, threshold=1.0).with_temperature()
    result = exporter.run(sure)
    write_bundle(tmp_path / "again.zip", sure)
    with zipfile.ZipFile(bundle_request.out) as archive:
        archive.extractall(tmp_path / "home")
        names = archive.namelist()
    images, probabilities = bundle_request.samples()
    Image.fromarray(images[0][:, :, 0]).save(tmp_path / "photo.png")

    output = run_python(tmp_path / "home", "predict.py", str(tmp_path / "photo.png"))

    assert sure.temperature is not None
    assert result["proof"].startswith("12 images, largest difference")
    assert result["proof"].endswith(f"; probabilities scaled by temperature {sure.temperature:.3g}")
    assert 0 < result["prediction_ms"] < 1000
    assert result["file"]["sha256"] == hashlib.sha256(Path(bundle_request.out).read_bytes()).hexdigest()
    assert (tmp_path / "again.zip").read_bytes() == Path(bundle_request.out).read_bytes()
    assert {"best.keras", "predict.py", "decode.py", "requirements.txt", "SHA256SUMS"} < set(names)
    label = int(probabilities[0].argmax())
    answers, _ = sure.answers()
    name = StoredDataset.open(Path(bundle_request.dataset)).manifest.classes[label]
    assert output.split(": ", 1)[1].startswith(f"not sure ({name} {answers[0][label]:.4f}, ")


def run_python(folder: Path, *arguments: str) -> str:
    """Runs Python without this project on its path; returns the last line that it prints."""
    command = (sys.executable, "-P", *arguments)
    process = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, env={"PYTHONPATH": "."})
    assert process.returncode == 0, process.stderr
    return process.stdout.strip().splitlines()[-1]


def test_a_damaged_model_file_makes_no_bundle(bundle_request: ExportRequest, tmp_path: Path) -> None:
    truncated = tmp_path / "best.keras"
    truncated.write_bytes(Path(bundle_request.best).read_bytes()[:-100])

    result = exporter.run(dataclasses.replace(bundle_request, best=str(truncated), out=str(tmp_path / "bundle.zip")))

    assert result == {"error": "best.keras on the disk is damaged: its SHA-256 is not the stored one."}
    assert list(tmp_path.glob("*bundle.zip")) == []


def test_a_model_with_other_predictions_is_not_proved(bundle_request: ExportRequest, tmp_path: Path) -> None:
    probabilities = np.load(bundle_request.probabilities)
    probabilities[5] = probabilities[5][::-1]
    np.save(tmp_path / "other.npy", probabilities)

    result = exporter.run(
        dataclasses.replace(bundle_request, probabilities=str(tmp_path / "other.npy"), out=str(tmp_path / "bundle.zip"))
    )

    assert result["error"].startswith("The verification in a new process failed: 12 images, largest difference")
    assert list(tmp_path.glob("*bundle.zip")) == []


@pytest.mark.parametrize(("kind", "scales"), [("savedmodel", False), ("tflite", False), ("onnx", True)])
def test_other_formats_are_proved(bundle_request: ExportRequest, tmp_path: Path, kind: str, scales: bool) -> None:
    request = dataclasses.replace(bundle_request, kind=kind, scales=scales, out=str(tmp_path / kind))

    result = exporter.run(request)

    assert "error" not in result
    assert "largest difference" in result["proof"]
    assert ("scaled by temperature" in result["proof"]) is scales
    assert (tmp_path / kind).stat().st_size == result["file"]["bytes"]


def test_an_int8_file_is_measured_on_all_validation_images_beside_the_original(
    bundle_request: ExportRequest, tmp_path: Path
) -> None:
    out = tmp_path / "model-int8.tflite"
    result = exporter.run(dataclasses.replace(bundle_request, kind="tflite_int8", scales=True, out=str(out)))

    figures = ExportFigures.model_validate(result["figures"])
    assert (figures.images, figures.of_images, figures.calibration_images) == (12, 12, CALIBRATION_IMAGES)
    assert figures.difference == pytest.approx(figures.accuracy - figures.original_accuracy)
    assert 0 < figures.largest_difference < 0.2
    assert (result["file"]["bytes"], 0 < figures.prediction_ms < 1000) == (out.stat().st_size, True)
    assert out.stat().st_size < figures.original_bytes
    assert result["proof"].startswith(f"accuracy {figures.accuracy:.4f} on 12 validation images, the original's ")
    assert "; probabilities scaled by temperature " in result["proof"]
    assert [path.name for path in tmp_path.iterdir()] == [out.name]


@DEPRECATED_INTERPRETER
def test_a_float16_file_answers_almost_as_the_original(bundle_request: ExportRequest, tmp_path: Path) -> None:
    path = tmp_path / "model-float16.tflite"
    write_small(path, dataclasses.replace(bundle_request, kind="tflite_float16"))

    figures = measured(dataclasses.replace(bundle_request, kind="tflite_float16"), str(path), str(path))

    assert figures is not None
    assert (figures.same_answers, figures.calibration_images, figures.warning) == (1, None, None)
    assert figures.largest_difference < 0.01


def test_a_loss_above_one_point_is_mentioned_and_one_point_is_not() -> None:
    labels, right, wrong = np.zeros(200, int), [0.9, 0.1], [0.1, 0.9]
    original = np.array([right] * 200, np.float32)

    def after(mistakes: int) -> dict[str, Any]:
        return compared(labels, original, np.array([wrong] * mistakes + [right] * (200 - mistakes), np.float32))

    assert (after(2)["difference"], after(2)["warning"]) == (-0.01, None)
    assert (after(3)["same_answers"], after(3)["warning"]) == (0.985, "Loses 1.5 points of accuracy.")
    low, high = after(3)["difference_interval"]
    assert low < -0.015 < high


def test_a_layer_without_integers_makes_no_int8_and_says_so(
    bundle_request: ExportRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_path: Path, _request: ExportRequest) -> None:
        raise RuntimeError("Quantization not yet supported for op: 'ERF'")

    monkeypatch.setattr(quantization, "write_small", refuse)

    result = exporter.run(dataclasses.replace(bundle_request, kind="tflite_int8", out=str(tmp_path / "x")))

    assert result["error"] == (
        "TensorFlow Lite in int8 could not be made from this network. Use another format or best.keras. The log says "
        "why."
    )
    assert "not yet supported for op" in result["details"]


def test_mixed_precision_is_proved_within_its_tolerance_and_no_onnx(tmp_path: Path) -> None:
    request = request_for(tmp_path, "bundle", precision="mixed_bfloat16")

    bundle, onnx = (exporter.run(dataclasses.replace(request, kind=kind)) for kind in ("bundle", "onnx"))

    assert bundle["proof"].endswith("allowed 0.02")
    assert onnx["error"] == (
        "ONNX could not be made from this network, which computes in mixed_bfloat16. Train the same settings in "
        "float32, or use another format or best.keras. The log says why."
    )
    assert "bfloat16" in onnx["details"]


def test_mixed_float16_makes_no_tflite_and_says_so_in_a_sentence(tmp_path: Path) -> None:
    result = exporter.run(request_for(tmp_path, "tflite", precision="mixed_float16"))

    assert "TensorFlow Lite could not be made from this network, which computes in mixed_float16." in result["error"]
    assert str(tmp_path) not in result["error"]
    assert "\n" not in result["error"]


def test_the_message_of_a_converter_is_for_the_log(
    bundle_request: ExportRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_best: Path, _path: Path) -> None:
        raise NotImplementedError("no kernel for this\noperation in /tmp/abc/saved_model.pb")

    monkeypatch.setitem(converters.CONVERTERS, "onnx", refuse)

    result = exporter.run(dataclasses.replace(bundle_request, kind="onnx", out=str(tmp_path / "model.onnx")))

    assert result == {
        "error": "ONNX could not be made from this network. Use another format or best.keras. The log says why.",
        "details": "NotImplementedError: no kernel for this\noperation in /tmp/abc/saved_model.pb",
    }
