"""The rules on histories made by hand: what is chance, what is not, and values that no good training has."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from backend.diagnosis.case import Case
from backend.diagnosis.diagnose import diagnose
from backend.spec import RunSpec
from backend.spec.recipes import recipe_spec
from tests.support.models.keras_json import layer, sequential

Values = Sequence[float | None]

IMAGE_SHAPES = {"cifar10": [32, 32, 3], "digits": [8, 8, 1]}

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


def kinds(run: Case) -> list[str]:
    return [finding.kind for finding in diagnose(run)]


def test_a_rise_is_a_finding_only_with_enough_images_to_rule_out_chance() -> None:
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


def losses_are_diverging(losses: Values) -> bool:
    return "diverging" in kinds(case(train_eval_loss=losses, val_loss=losses, val_accuracy=[0.3] * len(losses)))


def test_one_lower_epoch_does_not_hide_that_a_loss_diverges() -> None:
    assert losses_are_diverging([2.2, 1.9, 1.6, 2.4, 3.9, 6.0, 5.5])
    assert losses_are_diverging([2.2, 1.6, 90.0, 40.0, 50.0, 45.0, 48.0, 44.0, 47.0])


def test_a_spike_is_not_diverging() -> None:
    assert not losses_are_diverging([2.2, 1.2, 0.8, 0.5, 9.0])
    assert not losses_are_diverging([2.2, 1.2, 0.8, 9.0, 0.9, 0.7, 9.0])


def test_a_loss_that_comes_back_is_not_diverging() -> None:
    assert not losses_are_diverging([2.2, 1.9, 1.6, 9.0, 6.0, 3.5])
    assert not losses_are_diverging([2.2, 1.9, 1.6, 9.0, 8.0, 6.0, 4.5, 3.5])


@pytest.mark.parametrize(("images", "found"), [(5, ["rare_class"]), (30, ["classes_never_predicted"])])
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
    assert finding.evidence == {
        "accuracy": 0.1,
        "baseline": 0.1,
        "images": 1000,
        "p_value": pytest.approx(0.528, abs=0.001),
    }


def crooked(rare_right: int, rare: int, common_wrong: int = 0, **changes: Any) -> Case:
    """A finished run of two classes, of which the second has `rare` of 1,001 validation images."""
    common = 1_001 - rare
    matrix = np.array([[common - common_wrong, common_wrong], [rare - rare_right, rare_right]])
    accuracy = matrix.trace() / matrix.sum()
    flat: Values = [0.05] * 6
    run = case(1_001, train_eval_loss=flat, val_loss=flat, val_accuracy=[accuracy] * 6, train_eval_accuracy=[0.99] * 6)
    return replace(run, matrix=matrix, classes=["ok", "scratch"], class_images=[4_000, 8 * rare], **changes)


def test_more_right_answers_than_the_commonest_class_may_be_chance() -> None:
    guessing = next(finding for finding in diagnose(crooked(rare_right=1, rare=1)) if "guessing" in finding.kind)

    assert guessing.title == "Not shown to be better than always predicting ok"
    assert guessing.reasons[-1] == (
        "Only the network is right on 1, only that answer on 0: that much may be chance (p = 0.500)."
    )
    assert guessing.next[0].changes == {"class_weights": "balanced"}
    assert "no_better_than_guessing" not in kinds(crooked(rare_right=30, rare=40, common_wrong=5))
    assert "no_better_than_guessing" not in kinds(crooked(rare_right=5, rare=5))


def test_fewer_right_answers_than_the_commonest_class_are_no_better() -> None:
    run = crooked(rare_right=20, rare=40, common_wrong=60)
    guessing = next(finding for finding in diagnose(run) if "guessing" in finding.kind)

    assert guessing.title == "No better than always predicting ok"
    assert guessing.reasons[-1] == "Only the network is right on 20, only that answer on 60."


def test_one_validation_image_of_a_class_says_little() -> None:
    rare = diagnose(crooked(rare_right=1, rare=1))[-1]

    assert (rare.kind, rare.title) == ("rare_class", "scratch has one validation image")
    assert rare.reasons[0] == "1 of 1 right is a recall of 100%, known to lie between 21% and 100% only (95 %)."
    assert rare.reasons[1].startswith("Macro F1, in which each class counts the same, is 1.000 and lies between 0.6")
    assert [option.title for option in rare.next] == [
        "Balanced class weights",
        "Validate on 20% of the training images",
    ]


def test_a_class_without_a_validation_image_is_named_and_so_are_the_others_with_few() -> None:
    matrix = np.diag([5, 5, 5, 0])
    run = replace(crooked(rare_right=1, rare=1), matrix=matrix, classes=["0", "90", "180", "270"])
    rare = next(finding for finding in diagnose(run) if finding.kind == "rare_class")

    assert rare.title == "270 has no validation images"
    assert rare.reasons[0].startswith("Nothing is known of how often it is recognized")
    assert rare.reasons[-1] == "3 more classes have fewer than 10."


def test_ten_validation_images_of_a_class_are_no_finding() -> None:
    assert "rare_class" in kinds(crooked(rare_right=9, rare=9))
    assert "rare_class" not in kinds(crooked(rare_right=10, rare=10))


def test_balanced_weights_are_offered_only_where_they_change_something() -> None:
    even = replace(crooked(rare_right=1, rare=1), class_images=[40, 40])
    weighted = crooked(rare_right=1, rare=1, spec=even.spec.model_copy(update={"class_weights": "balanced"}))

    for run in (even, weighted):
        assert all("class_weights" not in option.changes for finding in diagnose(run) for option in finding.next)


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


def long_run(validation: Any, training: Any) -> Case:
    """An endless training on 359 images; the losses are functions of the epoch."""
    epochs = np.arange(1, 1_001)
    good: Values = [0.96] * 1_000
    return case(
        359,
        train_eval_loss=training(epochs),
        val_loss=validation(epochs),
        val_accuracy=good,
        train_eval_accuracy=[1.0] * 1_000,
    )


def spike(epochs: np.ndarray) -> np.ndarray:
    """1 in epoch 621, and a quarter of the epoch before in each that follows."""
    return np.where(epochs < 621, 0, 0.25 ** np.clip(epochs - 621, 0, 30.0))


def falling(epochs: np.ndarray) -> np.ndarray:
    return np.asarray(np.exp(-epochs / 20) + 0.06 * spike(epochs))


def overfit(epochs: np.ndarray) -> np.ndarray:
    """Lowest in epoch 23, and back near it after a spike, as a recorded run of the digits was."""
    rise = np.where(epochs < 621, 0.16 * epochs / 620, 0.04 + 0.04 * (epochs - 621) / 379)
    return np.asarray(0.13 + 0.4 * np.exp(-epochs / 6) + rise + 0.2 * spike(epochs))


def until(run: Case, epochs: int) -> Case:
    series = {name: values[:epochs] for name, values in run.series.items()}
    return replace(run, epochs=run.epochs[:epochs], series=series)


@pytest.mark.parametrize("epochs", [300, 620, 621, 622, 650, 700, 850, 1_000])
def test_a_spike_hides_no_overfitting(epochs: int) -> None:
    assert kinds(until(long_run(overfit, falling), epochs)) == ["overfitting"]


@pytest.mark.parametrize("epochs", [621, 622, 623, 630, 1_000])
def test_a_spike_makes_no_overfitting(epochs: int) -> None:
    run = long_run(lambda epochs: 0.13 + np.exp(-epochs / 6) + 0.3 * spike(epochs), falling)
    assert kinds(until(run, epochs)) == []


def spec_of_layers_of_keras(is_trainable: bool) -> RunSpec:
    model = sequential(
        layer("BatchNormalization", {"name": "averages", "trainable": is_trainable}),
        layer("Flatten", {"name": "flat"}),
        layer("Dense", {"name": "end", "units": 10, "activation": "softmax"}),
    )
    return RunSpec.model_validate({"dataset": {"name": "digits"}, "model": {"keras": model}})


@pytest.mark.parametrize(
    ("spec", "trained", "is_reason"),
    [
        (recipe_spec("cifar-batchnorm"), 0.99, True),
        (recipe_spec("cifar-vgg"), 0.99, False),
        (recipe_spec("cifar-batchnorm"), 0.87, False),
        (spec_of_layers_of_keras(is_trainable=True), 0.99, True),
        (spec_of_layers_of_keras(is_trainable=False), 0.99, False),
    ],
)
def test_averages_of_batch_normalization_that_are_behind_are_a_finding(
    spec: RunSpec, trained: float, is_reason: bool
) -> None:
    improving = case(
        train_eval_loss=[2.2, 2.0, 1.6, 1.3, 0.9, 0.55],
        val_loss=[2.2, 2.1, 1.7, 1.5, 1.2, 1.0],
        accuracy=[trained] * 6,
        train_eval_accuracy=[0.836] * 6,
        val_accuracy=[0.719] * 6,
    )
    (finding,) = diagnose(replace(improving, spec=spec, image_shape=IMAGE_SHAPES[spec.dataset.name]))
    assert finding.kind == "still_improving"
    reasons = [reason for reason in finding.reasons if "batch normalization" in reason]
    assert [reason[:82] for reason in reasons] == [
        "99.0% of the training images were right during training, but only 83.6% in test mode"[:82]
    ] * is_reason
