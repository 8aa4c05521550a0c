"""The recorded histories as cases for the rules."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from backend.diagnosis.case import Case
from backend.spec import RunSpec
from tests.backend.diagnosis.trainings_to_record import BAD, GOOD

FILE = Path(__file__).with_name("histories.json")


@dataclass(frozen=True)
class Recorded:
    """`fault` is the kind of the one thing that was done wrong in this training, None for a good one."""

    title: str
    fault: str | None
    case: Case
    loss_error: float | None

    def __str__(self) -> str:
        return self.title


def recorded_histories() -> list[Recorded]:
    """Returns them in the order of `trainings_to_record`, so that each must have been recorded."""
    histories = {(row["recipe"], row["title"], row["seed"]): row for row in json.loads(FILE.read_text())}
    return [
        _recorded(histories[training.recipe, training.title, spec.seed], training.fault, spec)
        for training in (*GOOD, *BAD)
        for spec in training.specs()
    ]


def _recorded(history: dict[str, Any], fault: str | None, spec: RunSpec) -> Recorded:
    matrix = None if history["matrix"] is None else np.array(history["matrix"])
    case = Case(
        spec=spec,
        epochs=range(1, len(history["series"]["loss"]) + 1),
        series=history["series"],
        validation_images=359 if matrix is None else int(matrix.sum()),
        classes=[str(index) for index in range(10)],
        best_epoch=history["best_epoch"],
        matrix=matrix,
        ended_by=None if history["ended_by"] == "failed" else history["ended_by"],
    )
    title = f"{history['recipe']}, {history['title']}, seed {spec.seed}"
    return Recorded(title, fault, case, history["loss_error"])
