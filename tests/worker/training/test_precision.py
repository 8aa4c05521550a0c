"""Mixed precision: computed in 16 bits, reported and saved in 32."""

import errno
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from unittest.mock import Mock

import keras
import numpy as np
import pytest

from backend.planning.costs.precision import PrecisionChoice
from backend.spec.recipes import recipe_spec
from tests.support.training.fork_server import RunPython
from tests.support.training.trainings import (
    FOR_DIGITS,
    KERAS_SAVES_MODELS,
    TINY,
    Recorded,
    digits_dataset,
    spec,
    tiny_dataset,
)
from worker.training import precision
from worker.training.fit import train
from worker.training.inference import step_times
from worker.training.precision import StepSeconds, choose_precision

pytestmark = [KERAS_SAVES_MODELS, pytest.mark.slow]


Choose = Callable[[], PrecisionChoice]


@pytest.fixture
def timings(monkeypatch: pytest.MonkeyPatch) -> list[StepSeconds | None]:
    """What is timed next."""
    seconds: list[StepSeconds | None] = []
    monkeypatch.setattr(precision, "_time_steps", lambda *_: seconds.pop(0))
    monkeypatch.setattr(precision, "extension", lambda: "avx512_bf16")
    return seconds


@pytest.fixture
def choose(tmp_path: Path) -> Choose:
    manifest = replace(tiny_dataset(tmp_path).manifest, image_shape=[32, 32, 3])
    return lambda: choose_precision(recipe_spec("cifar-vgg"), manifest, tmp_path / "speeds", lambda: None)


@pytest.mark.parametrize("name", ["mixed_bfloat16", "mixed_float16"])
def test_it_learns_and_the_saved_model_answers_the_same_in_stock_keras(tmp_path: Path, name: str) -> None:
    dataset, report, folder = digits_dataset(tmp_path), Recorded(), tmp_path / "run"
    folder.mkdir()
    run_spec = spec("digits", FOR_DIGITS, epochs=3, precision=name, optimizer={"learning_rate": 0.003})

    train(run_spec, dataset, folder, report)

    best = [epoch for epoch in report.epochs if epoch.best][-1]
    assert best.best is not None
    assert best.probabilities is not None
    probabilities = np.load(best.probabilities.path)
    model = keras.saving.load_model(best.best.path)
    again = model.predict(dataset.images("test") / np.float32(255), batch_size=1_000, verbose=0)
    assert report.series("val_accuracy")[-1] > 0.85
    assert probabilities.dtype == again.dtype == np.float32
    np.testing.assert_allclose(again, probabilities, atol=0.02)
    assert {weight.dtype for weight in model.get_weights()} == {np.dtype(np.float32)}
    assert [layer.compute_dtype for layer in model.layers][-1] == "float32"
    assert model.layers[0].compute_dtype == name.removeprefix("mixed_")
    assert report.lines[0].endswith(name)


def test_a_full_disk_keeps_no_timing_and_stops_no_run(
    choose: Choose, timings: list[StepSeconds | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    timings += [{"float32": 0.3, "mixed_bfloat16": 0.1}] * 2
    full = OSError(errno.ENOSPC, "No space left on device")
    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_text", Mock(side_effect=full))
        assert choose().precision == "mixed_bfloat16"

    assert choose().precision == "mixed_bfloat16"
    assert timings == []


def test_a_network_is_timed_once_on_a_machine(choose: Choose, timings: list[StepSeconds | None]) -> None:
    timings += [None, {"float32": 0.3, "mixed_bfloat16": 0.2}]

    choices = [choose() for _ in range(3)]

    assert [choice.precision for choice in choices] == ["float32", "mixed_bfloat16", "mixed_bfloat16"]
    assert "could not be timed" in choices[0].reason


def test_a_gain_close_to_the_limit_is_timed_three_times_and_the_least_seconds_count(
    choose: Choose, timings: list[StepSeconds | None]
) -> None:
    timings += [
        {"float32": 0.25, "mixed_bfloat16": 0.2},
        {"float32": 0.225, "mixed_bfloat16": 0.24},
        {"float32": 0.23, "mixed_bfloat16": 0.19},
        {"float32": 1.0, "mixed_bfloat16": 0.1},
    ]

    choices = [choose() for _ in range(4)]

    assert [choice.precision for choice in choices] == ["mixed_bfloat16", "float32", "float32", "float32"]
    assert len(timings) == 1, "the fourth run times nothing"


def test_a_processor_without_bfloat16_times_nothing(choose: Choose, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(precision, "extension", lambda: "avx2")

    assert choose().precision == "float32"


def test_the_steps_of_both_precisions_are_timed_in_turn() -> None:
    steps = {name: step_times.step(spec("digits", TINY), name, [8, 8, 1], 3) for name in ("float32", "mixed_bfloat16")}

    times = step_times.alternating(steps)

    assert len(times["float32"]) == len(times["mixed_bfloat16"]) >= 3
    assert min(min(values) for values in times.values()) > 0


def test_the_speed_of_each_precision_is_one_line_of_json(run_forked: RunPython) -> None:
    ended = run_forked(("-m", "worker.training.inference.speed"))

    assert ended.returncode == 0, ended.stderr
    result = json.loads(ended.stdout)

    assert set(result) == {"device", "seconds", "multiplications_per_second"}
    for speeds in (result["seconds"], result["multiplications_per_second"]):
        assert set(speeds) == {"float32", "mixed_bfloat16", "mixed_float16"}
        assert min(speeds.values()) > 0
