"""The log says what the seconds of `fit` were spent on, in parts that add up."""

import re
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.support.training.trainings import KERAS_SAVES_MODELS, TINY, Recorded, spec, tiny_dataset
from worker.training.data.training_data import TrainingData
from worker.training.fit import train
from worker.training.fit_time import FitTime, Part
from worker.training.report import SavedEpoch
from worker.training.validation import Scorer

DELAY_SECONDS = 0.3
EPOCHS = 3


class SlowReport(Recorded):
    def save_epoch(self, epoch: SavedEpoch) -> bool:
        time.sleep(DELAY_SECONDS)
        return super().save_epoch(epoch)


def slowed(function: Any) -> Any:
    def slow(*arguments: Any, **options: Any) -> Any:
        time.sleep(DELAY_SECONDS)
        return function(*arguments, **options)

    return slow


def seconds_in(line: str) -> tuple[float, dict[str, float]]:
    match = re.fullmatch(r"info fit took ([\d.]+) s: (.*)", line)
    assert match, line
    seconds = (part.split(" s ", 1) for part in match[2].split(", "))
    return float(match[1]), {name: float(value) for value, name in seconds}


@KERAS_SAVES_MODELS
@pytest.mark.parametrize("part", [Part.VALIDATION, Part.SAVING, Part.REPORTING, Part.PREPARING])
def test_a_delay_is_in_its_part_and_the_parts_add_up(
    part: Part, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = SlowReport() if part is Part.REPORTING else Recorded()
    if part is Part.VALIDATION:
        monkeypatch.setattr(Scorer, "scores", slowed(Scorer.scores))
    elif part is Part.SAVING:
        monkeypatch.setattr(np, "savez", slowed(np.savez))
    elif part is Part.PREPARING:
        monkeypatch.setattr(TrainingData, "epoch", slowed(TrainingData.epoch))
    (tmp_path / "run").mkdir()
    started = time.perf_counter()

    train(spec("tiny", TINY, epochs=EPOCHS), tiny_dataset(tmp_path), tmp_path / "run", report)

    total, parts = seconds_in(report.lines[-1])
    assert parts[part] >= EPOCHS * DELAY_SECONDS
    assert sum(seconds for name, seconds in parts.items() if name != part) < total - EPOCHS * DELAY_SECONDS + 0.05
    assert sum(parts.values()) == pytest.approx(total, abs=0.04)  # six roundings
    assert total <= time.perf_counter() - started
    trained = parts[Part.FIRST_TRAINING] + parts[Part.TRAINING] + parts[Part.VALIDATION]
    assert sum(report.series("seconds")) == pytest.approx(trained, rel=0.02, abs=0.02)


def test_only_the_first_training_is_that_of_the_first_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter([0.0, 10.0, 13.0, 14.0, 15.5])
    monkeypatch.setattr(time, "perf_counter", lambda: next(times))
    fit_time = FitTime()

    fit_time.start()
    for part in (Part.TRAINING, Part.PREPARING, Part.TRAINING):
        fit_time.end(part)

    assert fit_time.describe() == (
        "fit took 5.50 s: 3.00 s training the first epoch with its tracing, 1.50 s training the others, "
        "1.00 s preparing epochs"
    )
