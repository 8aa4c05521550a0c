"""The spec: what is accepted, what is refused, and with which message."""

from typing import Any

import pytest
from pydantic import ValidationError

from backend.planning.catalog import catalog, with_gains
from backend.spec import RunSpec
from backend.spec.recipes import recipes

# The contract's own example, with every default written out.
COMPLETE: dict[str, Any] = {
    "dataset": {"name": "fashion_mnist", "train_limit": None, "test_limit": None, "validation": {"from": "test"}},
    "preprocessing": {"scaling": "unit"},
    "model": {"preset": "strided_cnn", "options": {}},
    "init": None,
    "augmentation": None,
    "optimizer": {"name": "adam", "learning_rate": 0.001, "schedule": None},
    "loss": {"name": "sparse_categorical_crossentropy", "label_smoothing": 0.0},
    "class_weights": None,
    "batch_size": 32,
    "epochs": 15,
    "seed": 0,
    "precision": "float32",
    "callbacks": {
        "checkpoint": {"monitor": "val_loss", "every": None},
        "early_stopping": None,
        "reduce_lr": None,
        "terminate_on_nan": True,
    },
}
SMALLEST: dict[str, Any] = {"dataset": {"name": "fashion_mnist"}, "model": {"preset": "strided_cnn"}}


def test_the_contracts_example_is_what_defaults_make_of_the_smallest_spec() -> None:
    assert RunSpec.model_validate(COMPLETE) == RunSpec.model_validate(SMALLEST)


def test_a_complete_spec_survives_json() -> None:
    spec = RunSpec.model_validate(SMALLEST)

    assert RunSpec.model_validate(spec.as_json()) == spec
    assert spec.as_json()["dataset"]["validation"] == {"from": "test"}


@pytest.mark.parametrize(
    ("change", "place", "message"),
    [
        ({"init": {"run": ""}}, ("init", "run"), "at least 1 character"),
        ({"augmentation": {"zoom": 1.0}}, ("augmentation", "zoom"), "less than 1"),
        ({"precision": "float16"}, ("precision",), "mixed_bfloat16"),
        ({"epochs": 0}, ("epochs",), "greater than or equal to 1"),
        ({"epochs": 10**9}, ("epochs",), "less than or equal to 100000"),
        ({"epochs": "15"}, ("epochs",), "valid integer"),
        ({"batch_size": 32.5}, ("batch_size",), "valid integer"),
        ({"epoch": 3}, ("epoch",), "Extra inputs"),
        ({"optimizer": {"learning_rate": float("nan")}}, ("optimizer", "adam", "learning_rate"), "finite"),
        ({"optimizer": {"name": "sgd", "beta_1": 0.9}}, ("optimizer", "sgd", "beta_1"), "Extra inputs"),
        ({"dataset": {}}, ("dataset", "name"), "required"),
        (
            {"dataset": {"name": "digits", "validation": {"from": "train", "fraction": 0.95}}},
            ("dataset", "validation", "train", "fraction"),
            "less than or equal to 0.9",
        ),
        ({"model": {"preset": "vgg", "options": {"blocks": []}}}, ("model", "vgg", "options", "blocks"), "at least 1"),
        ({"loss": {"label_smoothing": 0.1}}, ("loss",), "needs the loss categorical_crossentropy"),
    ],
)
def test_what_is_not_allowed_is_refused_at_its_place(
    change: dict[str, Any], place: tuple[str, ...], message: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        RunSpec.model_validate({**SMALLEST, **change})

    error = refused.value.errors()[0]
    assert error["loc"] == place
    assert message in error["msg"]


def test_every_form_of_a_part_is_accepted_and_comes_back_the_same() -> None:
    forms: dict[str, Any] = {
        "dataset": {"name": "photos", "validation": {"from": "train", "fraction": 0.2}},
        "preprocessing": {"scaling": "standard"},
        "model": {"layers": [{"class_name": "Flatten"}, {"class_name": "Dense", "config": {"units": 10}}]},
        "augmentation": {"rotation": 10, "cutout": 0.25},
        "optimizer": {"name": "rmsprop", "schedule": {"name": "step", "every": 5, "warmup_epochs": 2}},
        "loss": {"name": "categorical_crossentropy", "label_smoothing": 0.1},
        "class_weights": {"cat": 2.0},
        "precision": "mixed_bfloat16",
        "callbacks": {"early_stopping": {"monitor": "val_macro_f1", "patience": 3}, "checkpoint": {"every": 5}},
    }
    spec = RunSpec.model_validate(forms)

    assert RunSpec.model_validate(spec.as_json()) == spec
    assert (spec.optimizer.name, spec.optimizer.learning_rate) == ("rmsprop", 0.001)
    assert spec.as_json()["dataset"]["validation"] == {"from": "train", "fraction": 0.2}


def test_a_schedule_and_a_plateau_are_not_both_taken() -> None:
    both = {"optimizer": {"schedule": {"name": "cosine"}}, "callbacks": {"reduce_lr": {}}}

    with pytest.raises(ValidationError, match="would both set the learning rate"):
        RunSpec.model_validate({**SMALLEST, **both})


def test_recipes_are_complete_specs_of_known_datasets() -> None:
    assert [recipe.name for recipe in recipes()] == [
        "digits-quick",
        "photos-quick",
        "photos-best",
        "fashion-strided",
        "fashion-regularized",
        "cifar-strided",
        "cifar-vgg",
        "cifar-batchnorm",
        "cifar-augmented",
    ]
    for recipe in recipes():
        assert RunSpec.model_validate(recipe.spec).as_json() == recipe.spec
        assert recipe.spec["dataset"]["name"] in catalog().datasets


def test_the_catalog_has_the_specs_own_limits() -> None:
    limits = catalog().limits

    assert (limits["epochs"].minimum, limits["epochs"].maximum, limits["epochs"].default) == (1, 100_000, 15)
    assert limits["dataset.train_limit"].nullable
    assert limits["callbacks.checkpoint.monitor"].choices == catalog().monitors
    assert limits["callbacks.early_stopping"].type == "part"
    assert limits["callbacks.early_stopping.patience"].default == 0
    assert limits["optimizer.schedule.name"].nullable
    assert limits["dataset.validation.from"].choices == ["test", "train", "validation"]


def test_the_catalog_has_the_options_of_each_form() -> None:
    presets = {preset.name: {option.name: option for option in preset.options} for preset in catalog().presets}

    filters, blocks = presets["strided_cnn"]["filters"], presets["vgg"]["blocks"]
    assert (filters.type, filters.default, filters.max_length) == ("list", [32, 64, 128], 8)
    assert filters.items is not None
    assert filters.items.maximum == 2048
    assert blocks.items is not None
    assert blocks.items.items is not None
    assert (blocks.items.type, blocks.items.items.type) == ("list", "integer")
    assert [optimizer.name for optimizer in catalog().optimizers] == ["adam", "adamw", "sgd", "rmsprop"]
    assert [option.name for option in catalog().schedules[1].options] == ["every", "factor", "warmup_epochs"]
    assert [option.name for option in catalog().validations[1].options] == ["fraction"]


def test_a_precision_is_offered_as_fast_where_a_worker_gains_a_tenth() -> None:
    offers = with_gains(catalog(), {"float32": 1.0, "mixed_bfloat16": 1.6, "mixed_float16": 0.7}).precisions

    assert [(offer.name, offer.gain, offer.fast) for offer in offers] == [
        ("auto", None, True),
        ("float32", 1.0, True),
        ("mixed_bfloat16", 1.6, True),
        ("mixed_float16", 0.7, False),
    ]
    assert [offer.gain for offer in with_gains(catalog(), {}).precisions] == [None, 1.0, None, None]
