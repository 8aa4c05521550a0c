"""The spec: what is accepted, what is refused and in which words."""

from typing import Any

import pytest
from pydantic import ValidationError

from backend.catalog import catalog
from backend.recipes import recipes
from backend.spec import RunSpec

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
    ("change", "place", "said"),
    [
        ({"augmentation": {"zoom": 0.1}}, ("augmentation",), 'augmentation is not built yet: you gave {"zoom": 0.1}'),
        ({"precision": "mixed_bfloat16"}, ("precision",), "another precision than float32 is not built yet"),
        ({"epochs": 0}, ("epochs",), "greater than or equal to 1"),
        ({"epochs": 10**9}, ("epochs",), "less than or equal to 10000"),
        ({"epochs": "15"}, ("epochs",), "valid integer"),
        ({"batch_size": 32.5}, ("batch_size",), "valid integer"),
        ({"epoch": 3}, ("epoch",), "Extra inputs"),
        ({"optimizer": {"learning_rate": float("nan")}}, ("optimizer", "learning_rate"), "finite"),
        ({"dataset": {}}, ("dataset", "name"), "required"),
        (
            {"dataset": {"name": "digits", "validation": {"from": "train"}}},
            ("dataset", "validation", "from"),
            "validation from anything but the test split is not built yet",
        ),
    ],
)
def test_what_is_not_allowed_is_refused_at_its_place(change: dict[str, Any], place: tuple[str, ...], said: str) -> None:
    with pytest.raises(ValidationError) as refused:
        RunSpec.model_validate({**SMALLEST, **change})

    error = refused.value.errors()[0]
    assert error["loc"] == place
    assert said in error["msg"]


def test_recipes_are_complete_specs_of_known_datasets() -> None:
    assert [recipe.name for recipe in recipes()] == ["digits-quick", "fashion-strided"]
    for recipe in recipes():
        assert RunSpec.model_validate(recipe.spec).as_json() == recipe.spec
        assert recipe.spec["dataset"]["name"] in catalog().datasets


def test_the_catalog_has_the_specs_own_limits() -> None:
    limits = catalog().limits

    assert (limits["epochs"].minimum, limits["epochs"].maximum, limits["epochs"].default) == (1, 10_000, 15)
    assert limits["optimizer.learning_rate"].exclusive_minimum == 0
    assert limits["dataset.train_limit"].nullable
    assert limits["callbacks.checkpoint.monitor"].choices == catalog().monitors
    filters = limits["model.options.filters"]
    assert (filters.type, filters.default, filters.max_length) == ("list", [32, 64, 128], 8)
    assert filters.items is not None
    assert filters.items.maximum == 2048
