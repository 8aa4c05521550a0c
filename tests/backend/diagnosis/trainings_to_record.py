"""Trainings whose histories the rules are tested on: recipes as they should go, and variants with one fault each."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from backend.diagnosis.changes import changed
from backend.spec import RunSpec
from backend.spec.recipes import recipe_spec

Changes = dict[str, Any]


@dataclass(frozen=True)
class Training:
    """A recipe with changes by path, for each of `seeds`. `fault` is the kind of finding that is expected, or None.

    `test_images` alters the images that validate: `inverted`, `dimmed`.
    """

    title: str
    recipe: str
    seeds: range
    fault: str | None = None
    changes: Changes | None = None
    test_images: str = "as they are"

    def specs(self) -> Iterator[RunSpec]:
        for seed in self.seeds:
            spec = changed(recipe_spec(self.recipe), {"precision": "float32", **(self.changes or {}), "seed": seed})
            assert spec is not None, self.title
            yield spec


HIGH, LOW = "learning_rate_too_high", "learning_rate_too_low"
FROM_TRAIN = {"dataset.validation": {"from": "train", "fraction": 0.25}}
STOP = {"callbacks.early_stopping": {"monitor": "val_loss", "patience": 2, "restore_best_weights": True}}
DROPOUT = {"model.options.flatten_dropout": 0.5}


def adam(rate: float) -> Changes:
    return {"optimizer": {"name": "adam", "learning_rate": rate}}


def sgd(rate: float, momentum: float = 0.0) -> Changes:
    return {"optimizer": {"name": "sgd", "learning_rate": rate, "momentum": momentum}}


def limits(train: int, test: int = 2_000) -> Changes:
    return {"dataset.train_limit": train, "dataset.test_limit": test}


def network(filters: list[int], units: list[int], **options: Any) -> Changes:
    return {"model.options": {"filters": filters, "padding": "same", "dense_units": units, **options}}


GOOD = (
    Training("the recipe", "digits-quick", range(16)),
    Training("validation from train", "digits-quick", range(5), changes=FROM_TRAIN),
    Training("with dropout", "digits-quick", range(4), changes={"model.options.flatten_dropout": 0.3}),
    Training("SGD with momentum", "digits-quick", range(4), changes=sgd(0.02, 0.9)),
    Training("RMSprop", "digits-quick", range(3), changes={"optimizer": {"name": "rmsprop"}}),
    Training("batches of 64", "digits-quick", range(3), changes={"batch_size": 64}),
    Training("with early stopping", "fashion-strided", range(4), changes={**limits(10_000), **STOP}),
    Training("with dropout", "fashion-strided", range(4), changes={**limits(10_000), **DROPOUT, "epochs": 12, **STOP}),
    Training("3,000 images", "fashion-regularized", range(3), changes=limits(3_000, 1_000)),
)

BAD = (
    Training("5,000 images", "fashion-strided", range(3), "overfitting", limits(5_000)),
    Training("wide, 1,500 images", "fashion-strided", range(2), "overfitting", {**limits(1_500), "epochs": 25}),
    Training("two filters", "fashion-strided", range(2), "underfitting", {**limits(8_000), **network([2, 2], [4])}),
    Training("L2 of 0.3", "fashion-strided", range(2), "underfitting", {**limits(6_000), "model.options.l2": 0.3}),
    Training("one filter", "digits-quick", range(2), "still_improving", network([1], [2])),
    Training("Adam 0.1", "digits-quick", range(2), HIGH, {**adam(0.1), "epochs": 15}),
    Training("Adam 0.03", "fashion-strided", range(2), HIGH, {**limits(5_000), **adam(0.03)}),
    Training("SGD 1.5", "digits-quick", range(2), HIGH, {**sgd(1.5), "epochs": 15}),
    Training("Adam 0.02", "digits-quick", range(2), HIGH, {**adam(0.02), "epochs": 20}),
    Training("SGD 1, unscaled", "digits-quick", range(2), "diverging", {**sgd(1.0), "preprocessing.scaling": "none"}),
    Training("SGD 0.3, momentum", "fashion-strided", range(2), HIGH, {**limits(5_000), **sgd(0.3, 0.95)}),
    Training("Adam 0.00001", "fashion-strided", range(2), LOW, {**limits(5_000), **adam(1e-5)}),
    Training("SGD 0.001", "digits-quick", range(2), LOW, sgd(0.001)),
    Training("SGD 0.0003", "fashion-strided", range(2), LOW, {**limits(5_000), **sgd(3e-4)}),
    Training("4 epochs", "fashion-strided", range(2), "still_improving", {**limits(5_000), "epochs": 4}),
    Training("12 epochs of SGD 0.01", "digits-quick", range(2), "still_improving", {**sgd(0.01), "epochs": 12}),
    Training("Adam 0.0001", "fashion-strided", range(2), LOW, {**limits(5_000), **adam(1e-4)}),
    Training(
        "two weights of 0",
        "digits-quick",
        range(2),
        "classes_never_predicted",
        {"class_weights": {str(digit): float(digit < 8) for digit in range(10)}},
    ),
    Training("inverted tests", "digits-quick", range(2), "apart_from_the_start", {"epochs": 20}, "inverted"),
    Training(
        "dim tests",
        "fashion-strided",
        range(2),
        "apart_from_the_start",
        {**limits(5_000), **DROPOUT, "epochs": 8},
        "dimmed",
    ),
    Training("150 tests", "fashion-strided", range(3), "validation_noise", {**limits(10_000, 150), **DROPOUT, **STOP}),
    Training(
        "Adam 0.01",
        "fashion-strided",
        range(2),
        HIGH,
        {**limits(5_000), **adam(0.01), **DROPOUT, "epochs": 25},
    ),
    Training(
        "dropout of 0.8",
        "digits-quick",
        range(2),
        HIGH,
        {**adam(0.01), "model.options.flatten_dropout": 0.8},
    ),
    Training(
        "eight filters, 60 epochs",
        "fashion-strided",
        range(2),
        "plateau",
        {**limits(3_000), **network([8, 8], [16], flatten_dropout=0.4), **adam(0.0025), "epochs": 60},
    ),
)
