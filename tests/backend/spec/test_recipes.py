"""The recipes build what the tutorial's own code builds: the benchmarks hold that code, in plain Keras."""

import re
from typing import Any

import pytest

from backend.spec.recipes import recipe_spec, recipes
from benchmarks.notebook.networks import NETWORKS, callbacks
from worker.training import networks

SHAPES = {"fashion_mnist": (28, 28, 1), "cifar10": (32, 32, 3)}
IGNORED = ("name", "dtype", "trainable", "batch_shape", "seed")


def layers_of(model: Any) -> list[tuple[str, dict[str, Any]]]:
    """Returns each layer's class and settings, without the names that Keras numbers."""
    return [(type(layer).__name__, plain(layer.get_config())) for layer in model.layers]


def plain(config: dict[str, Any]) -> dict[str, Any]:
    nested = {key: plain(value) if isinstance(value, dict) else value for key, value in config.items()}
    return {key: value for key, value in nested.items() if key not in IGNORED}


@pytest.mark.parametrize("recipe", NETWORKS)
def test_a_recipes_network_is_the_notebooks(recipe: str) -> None:
    spec = recipe_spec(recipe)
    shape = SHAPES[spec.dataset.name]

    network = networks.build(spec.model, list(shape), 10)
    notebook = NETWORKS[recipe](shape)

    assert layers_of(network) == layers_of(notebook)
    assert network.count_params() == notebook.count_params()


@pytest.mark.parametrize("recipe", NETWORKS)
def test_a_recipe_is_compiled_as_the_notebook_does(recipe: str) -> None:
    spec = recipe_spec(recipe)
    model = NETWORKS[recipe](SHAPES[spec.dataset.name])
    config = model.optimizer.get_config()

    assert spec.optimizer.name == type(model.optimizer).__name__.lower()
    assert spec.optimizer.learning_rate == pytest.approx(config["learning_rate"])
    assert getattr(spec.optimizer, "momentum", 0.0) == config.get("momentum", 0.0)
    assert spec.loss.name == model.loss
    assert spec.batch_size == 32
    assert spec.preprocessing.scaling == "unit"


def test_the_regularised_recipe_has_the_notebooks_callbacks() -> None:
    spec = recipe_spec("fashion-regularized")
    stop, reduce = callbacks("fashion-regularized")

    early, plateau = spec.callbacks.early_stopping, spec.callbacks.reduce_lr
    assert early is not None
    assert plateau is not None
    assert (early.monitor, early.patience, early.restore_best_weights) == (stop.monitor, stop.patience, True)
    assert (plateau.monitor, plateau.factor, plateau.patience) == (reduce.monitor, reduce.factor, reduce.patience)
    assert plateau.min_delta == reduce.min_delta


def test_the_augmented_recipe_is_the_normalised_one_on_varied_images() -> None:
    augmented, normalised = recipe_spec("cifar-augmented"), recipe_spec("cifar-batchnorm")

    assert augmented.model == normalised.model
    assert augmented.augmentation is not None
    varied = augmented.augmentation.model_dump(exclude_defaults=True)
    assert varied == {"width_shift": 0.1, "height_shift": 0.1, "horizontal_flip": True}
    assert (augmented.epochs, normalised.epochs) == (50, 15)


def test_the_words_for_other_images_tell_nothing_of_a_recipes_own() -> None:
    own = re.compile(r"digits|clothes|photos of|CIFAR|MNIST|\d\d", re.IGNORECASE)
    words = [(recipe.method.title, recipe.method.description or recipe.description) for recipe in recipes()]

    assert [both for both in words if own.search(" ".join(both))] == []
    assert len({title for title, _ in words}) == len(words)
