"""The rules on histories made by hand: what is chance, what is not, and values that no good training has."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from backend.diagnosis.case import Case
from backend.diagnosis.diagnose import diagnose
from backend.spec.recipes import recipe_spec

Values = Sequence[float | None]

FALLING: Values = [1.5, 0.8, 0.5, 0.35, 0.25, 0.18, 0.12, 0.08, 0.05, 0.03]
RISING: Values = [1.4, 0.8, 0.6, 0.5, 0.45, 0.47, 0.5, 0.53, 0.56, 0.6]
ACCURATE: Values = [0.5, 0.7, 0.8, 0.85, 0.87, 0.87, 0.86, 0.87, 0.87, 0.86]


def case(images: int = 10_000, **series: Values) -> Case:
    series = {"val_accuracy": ACCURATE, "train_eval_accuracy": ACCURATE, **series}
    return Case(
        spec=recipe_spec("digits-quick"),
        epochs=range(1, len(next(iter(series.values()))) + 1),
        series={"loss": series["train_eval_loss"], **series},
        validation_images=images,
        classes=[str(digit) for digit in range(10)],
        best_epoch=5,
        ended_by="epochs",
    )


def kinds(given: Case) -> list[str]:
    return [finding.kind for finding in diagnose(given)]


def test_a_rise_that_chance_could_make_is_told_only_of_enough_images() -> None:
    rising = {"train_eval_loss": FALLING, "val_loss": RISING}
    assert kinds(case(10_000, **rising)) == ["overfitting"]
    assert "overfitting" not in kinds(case(359, **rising))


def test_early_stopping_has_dealt_with_overfitting() -> None:
    stopped = replace(case(train_eval_loss=FALLING, val_loss=RISING), ended_by="early_stopping")
    assert kinds(stopped) == []


def test_a_network_without_options_is_offered_what_fits() -> None:
    layers = {"layers": [{"class_name": "Flatten"}, {"class_name": "Dense", "config": {"units": 10}}]}
    spec = recipe_spec("digits-quick").model_validate({"dataset": {"name": "digits"}, "model": layers})
    (finding,) = diagnose(replace(case(train_eval_loss=FALLING, val_loss=RISING), spec=spec))
    assert [next(iter(item.changes)) for item in finding.next] == ["augmentation", "callbacks.early_stopping"]


def test_a_loss_that_became_nan_is_diverging_since_then() -> None:
    losses: Values = [2.0, 1.5, None, None]
    (finding,) = diagnose(case(train_eval_loss=losses, val_loss=losses, val_accuracy=[0.1] * 4))
    assert (finding.kind, finding.since_epoch) == ("diverging", 3)


def test_a_loss_that_rises_above_chance_is_diverging() -> None:
    losses: Values = [2.2, 1.9, 1.6, 2.4, 3.9, 6.0]
    (finding,) = diagnose(case(train_eval_loss=losses, val_loss=losses, val_accuracy=[0.3] * 6))
    assert (finding.kind, finding.since_epoch) == ("diverging", 3)


@pytest.mark.parametrize(("images", "found"), [(5, []), (30, ["classes_never_predicted"])])
def test_a_class_of_few_images_may_be_missed_by_chance(images: int, found: list[str]) -> None:
    matrix = np.diag([200] * 9 + [0])
    matrix[9, 0] = images
    flat: Values = [0.1] * 10
    run = case(int(matrix.sum()), train_eval_loss=flat, val_loss=flat, train_eval_accuracy=[0.99] * 10)
    accuracy = 1800 / matrix.sum()
    assert kinds(replace(run, matrix=matrix, series={**run.series, "val_accuracy": [accuracy] * 10})) == found


def test_one_answer_for_all_images_is_no_better_than_guessing() -> None:
    matrix = np.zeros((10, 10), int)
    matrix[:, 3] = 100
    rising: Values = [2.74, 3.45, 3.0, 3.94]
    falling: Values = [0.6, 0.3, 0.2, 0.15]  # as batch normalization does after few steps: only its means are wrong
    run = case(1000, train_eval_loss=rising, val_loss=rising, val_accuracy=[0.1] * 4, train_eval_accuracy=[0.1] * 4)

    (finding,) = diagnose(replace(run, matrix=matrix, best_epoch=1, series={**run.series, "loss": falling}))

    assert finding.title == "No better than always predicting 0"
    assert finding.evidence == {"accuracy": 0.1, "baseline": 0.1, "images": 1000}


@pytest.mark.parametrize("value", [None, 0.0, 1.0, 1e30])
@pytest.mark.parametrize("epochs", [1, 2, 3, 12])
@pytest.mark.parametrize("images", [0, 1, 359])
def test_constant_values_are_no_error(value: float | None, epochs: int, images: int) -> None:
    names = ("loss", "accuracy", "val_loss", "val_accuracy", "train_eval_loss", "train_eval_accuracy")
    diagnose(case(images, **{name: [value] * epochs for name in names}))


def test_values_at_random_are_no_error() -> None:
    draw = np.random.default_rng(0)
    for images in (0, 1, 10, 359):
        for _ in range(100):
            diagnose(case(images, **random_series(draw)))


def random_series(draw: np.random.Generator) -> dict[str, Any]:
    names = ("loss", "accuracy", "val_loss", "val_accuracy", "train_eval_loss", "train_eval_accuracy", "penalty")
    length = int(draw.integers(1, 20))
    return {
        name: [None if draw.random() < 0.02 else float(draw.exponential()) for _ in range(length)] for name in names
    }


@pytest.mark.parametrize(("train_images", "offered"), [(1_438, 0), (None, 1), (6_000, 1)])
def test_a_part_of_the_training_images_is_offered_only_if_it_is_larger(train_images: int | None, offered: int) -> None:
    noisy = replace(case(359, train_eval_loss=FALLING, val_loss=FALLING), train_images=train_images)
    (finding,) = [finding for finding in diagnose(noisy) if finding.kind == "validation_noise"]
    assert len(finding.next) == offered
