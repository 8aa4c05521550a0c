"""Measures a small TFLite file beside the original: `python -m worker.exports.measurement SMALL ORIGINAL`.

Reads an `ExportRequest` as a line of JSON. Prints `ExportFigures` as a line of JSON, and last a sentence; the exit code
is 1 if the file answers with NaN or infinity.
"""

import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from backend.analysis.statistics.intervals import paired_difference, wilson
from backend.analysis.temperature import scaled
from backend.artifacts.schemas import ExportFigures
from backend.datasets.pictures.preprocessing import Preprocessing
from backend.phrases import in_percent, percent
from worker.exports.export_request import CALIBRATION_IMAGES, ExportRequest
from worker.processor import processor
from worker.training.inference.prediction import scaling

Floats = npt.NDArray[np.float32]

TIMED_PREDICTIONS = 50
MAX_TIMING_SECONDS = 10.0
MAX_SECONDS = 120.0  # for all images; a large network is measured on fewer, drawn at random
MAX_LOSS = 0.01  # of accuracy, without a warning


class Interpreter:
    """A TFLite model that predicts one image at a time, on one thread."""

    def __init__(self, path: str) -> None:
        self._interpreter = tf.lite.Interpreter(model_path=path, num_threads=1)
        self._interpreter.allocate_tensors()
        self._input = self._interpreter.get_input_details()[0]["index"]
        self._output = self._interpreter.get_output_details()[0]["index"]

    def __call__(self, image: Floats) -> Floats:
        """Returns the probabilities of a scaled image of shape (1, H, W, C), of shape (classes,)."""
        self._interpreter.set_tensor(self._input, image)
        self._interpreter.invoke()
        probabilities: Floats = self._interpreter.get_tensor(self._output)[0]
        return probabilities


def main() -> int:
    small, original = sys.argv[1:]
    figures = measured(ExportRequest.from_json(sys.stdin.readline()), small, original)
    if figures is None:
        print("it answers with numbers that are NaN or infinite")
        return 1
    print(figures.model_dump_json())
    print(sentence(figures))
    return 0


def measured(request: ExportRequest, small: str, original: str) -> ExportFigures | None:
    """Returns the figures of a file; None if it answers with NaN or infinity."""
    images, all_labels, positions = request.validation()
    scale, predict = scaling(Preprocessing.model_validate(request.preprocessing)), Interpreter(small)
    times = times_in_turn([predict, Interpreter(original)], scale(images[positions[:1]]).numpy())
    order = np.random.default_rng(0).permutation(len(positions))
    answers = predicted(predict, (scale(images[position][None]).numpy() for position in positions[order]))
    rows = order[: len(answers)]
    if not np.isfinite(answers).all():
        return None
    stored: Floats = np.load(request.probabilities, mmap_mode="r")[rows]
    expected = stored if request.temperature is None else scaled(stored, request.temperature)
    return ExportFigures(
        of_images=len(positions),
        **compared(all_labels[positions[rows]], expected, answers),
        prediction_ms=times[0],
        original_prediction_ms=times[1],
        original_bytes=Path(original).stat().st_size,
        processor=processor(),
        calibration_images=CALIBRATION_IMAGES if request.kind == "tflite_int8" else None,
    )


def predicted(predict: Interpreter, images: Iterable[Floats]) -> Floats:
    """Returns the probabilities of at least one image, and of as many as there is time for."""
    answers, started_at = list[Floats](), time.monotonic()
    for image in images:
        answers.append(predict(image))
        if time.monotonic() - started_at > MAX_SECONDS:
            break
    return np.stack(answers)


def times_in_turn(predictors: list[Interpreter], image: Floats) -> list[float]:
    """Returns the shortest milliseconds of one prediction of each: others are lengthened by what else runs here."""
    rounds, started_at = list[list[float]](), time.monotonic()
    while len(rounds) < TIMED_PREDICTIONS and (not rounds or time.monotonic() - started_at < MAX_TIMING_SECONDS):
        rounds.append([_milliseconds(predict, image) for predict in predictors])
    return [min(times) for times in zip(*rounds, strict=True)]


def _milliseconds(predict: Interpreter, image: Floats) -> float:
    started_at = time.perf_counter()
    predict(image)
    return 1000 * (time.perf_counter() - started_at)


def compared(labels: npt.NDArray[Any], original: Floats, small: Floats) -> dict[str, Any]:
    """Compares the probabilities that two models give the same images."""
    first, second = original.argmax(axis=1), small.argmax(axis=1)
    was_right, is_right = first == labels, second == labels
    lost, won, images = int((was_right & ~is_right).sum()), int((is_right & ~was_right).sum()), len(labels)
    difference = (won - lost) / images
    return {
        "images": images,
        "accuracy": float(is_right.mean()),
        "interval": wilson(int(is_right.sum()), images),
        "original_accuracy": float(was_right.mean()),
        "difference": difference,
        "difference_interval": paired_difference(lost, won, images),
        "same_answers": float((first == second).mean()),
        "largest_difference": float(np.abs(original - small).max()),
        "warning": _warning(-difference) if difference < -MAX_LOSS else None,
    }


def _warning(loss: float) -> str:
    return f"Loses {in_percent(loss)} points of accuracy."


def sentence(figures: ExportFigures) -> str:
    """Returns the figures in words, for the run's log."""
    return (
        f"accuracy {figures.accuracy:.4f} on {figures.images:,} validation images, the original's "
        f"{figures.original_accuracy:.4f}; the same answer for {percent(figures.same_answers, 2)} of "
        f"them; one image takes {figures.prediction_ms:.2f} ms, with the original "
        f"{figures.original_prediction_ms:.2f} ms"
    )


if __name__ == "__main__":
    sys.exit(main())
