"""The recipes: named, complete specs that the board ships, each launched with one press."""

from functools import cache
from typing import Any

from pydantic import BaseModel

from backend.errors import FieldError, Invalid
from backend.phrases import sentence
from backend.spec import RunSpec


class Method(BaseModel):
    """What a recipe does whatever images it trains on. Without `description`, that of the recipe tells of no images."""

    title: str
    description: str | None = None


class Recipe(BaseModel):
    """`title` and `description` tell of the images of `spec`; with others, `method` has the words for them."""

    name: str
    title: str
    description: str
    method: Method
    spec: dict[str, Any]


_STRIDED: dict[str, Any] = {
    "preset": "strided_cnn",
    "options": {"dense_units": [1024], "flatten_dropout": 0.5, "dense_dropout": 0.2},
}
_VGG: dict[str, Any] = {
    "preset": "vgg",
    "options": {"padding": "last_valid", "dense_units": [1024], "flatten_dropout": 0.5, "dense_dropout": 0.2},
}
_BATCHNORM: dict[str, Any] = {
    "preset": "vgg",
    "options": {**_VGG["options"], "blocks": [[32, 32], [128, 128]], "batch_normalization": True},
}

_FEW_PHOTOS: dict[str, Any] = {"name": "cifar10", "train_limit": 500, "test_limit": 1_000}

_RECIPES: list[dict[str, Any]] = [
    {
        "name": "digits-quick",
        "title": "Digits, in seconds",
        "description": "1,797 digits of 8 × 8 pixels, nothing to download",
        "method": {"title": "Small CNN", "description": "Two strided convolutions and a small dense layer"},
        "spec": {
            "dataset": {"name": "digits"},
            "model": {
                "preset": "strided_cnn",
                "options": {"filters": [32, 64], "padding": "same", "dense_units": [128]},
            },
            "epochs": 40,
        },
    },
    {
        "name": "photos-quick",
        "title": "Photos, quick",
        "description": "For some dozens of images a class: a new last layer on a network that has seen ImageNet; "
        "its example is 500 images of CIFAR-10",
        "method": {
            "title": "Photos, quick",
            "description": "For some dozens of images a class: a new last layer on a network that has seen ImageNet",
        },
        "spec": {
            "dataset": _FEW_PHOTOS,
            "model": {"backbone": "efficientnet_lite0", "options": {"input_size": 96, "dropout": 0.4}},
            "optimizer": {"name": "adam", "learning_rate": 0.001, "schedule": {"name": "cosine"}},
            "epochs": 30,
        },
    },
    {
        "name": "photos-best",
        "title": "Photos, best",
        "description": "For the same images, with patience: larger, varied, and the network's last blocks learn too",
        "method": {
            "title": "Photos, best",
            "description": "With patience: larger and varied images, and the last blocks of that network learn too",
        },
        "spec": {
            "dataset": _FEW_PHOTOS,
            "model": {
                "backbone": "efficientnet_lite0",
                "options": {"input_size": 160, "train": "last_blocks", "dropout": 0.4},
            },
            "augmentation": {"width_shift": 0.1, "height_shift": 0.1, "horizontal_flip": True},
            "epochs": 24,
            "callbacks": {
                "checkpoint": {"monitor": "val_loss"},
                "early_stopping": {"monitor": "val_loss", "patience": 4, "restore_best_weights": True},
            },
        },
    },
    {
        "name": "fashion-strided",
        "title": "Fashion-MNIST, strided CNN",
        "description": "70,000 images of clothes, the first network of the tutorial",
        "method": {"title": "Strided CNN", "description": "The first network of the tutorial"},
        "spec": {"dataset": {"name": "fashion_mnist"}, "model": {"preset": "strided_cnn"}, "epochs": 15},
    },
    {
        "name": "fashion-regularized",
        "title": "Fashion-MNIST, regularized",
        "description": "Batch normalization, dropout, L2, early stopping, and a learning rate reduced on a plateau",
        "method": {"title": "Regularized CNN"},
        "spec": {
            "dataset": {"name": "fashion_mnist"},
            "model": {
                "preset": "vgg",
                "options": {
                    "blocks": [[32, 64]],
                    "padding": "valid",
                    "batch_normalization": True,
                    "block_dropout": 0.2,
                    "dense_units": [128],
                    "dense_dropout": 0.2,
                    "l2": 0.001,
                },
            },
            "optimizer": {"name": "sgd", "learning_rate": 0.001, "momentum": 0.9},
            "loss": {"name": "categorical_crossentropy"},
            "epochs": 50,
            "callbacks": {
                "checkpoint": {"monitor": "val_loss"},
                "early_stopping": {"monitor": "val_accuracy", "patience": 5, "restore_best_weights": True},
                "reduce_lr": {"monitor": "val_loss", "factor": 0.2, "patience": 3, "min_delta": 0.001},
            },
        },
    },
    {
        "name": "cifar-strided",
        "title": "CIFAR-10, strided CNN",
        "description": "60,000 photos of 32 × 32 pixels in ten classes; strided convolutions and dropout",
        "method": {
            "title": "Strided CNN with dropout",
            "description": "Strided convolutions, a wide dense layer and dropout",
        },
        "spec": {"dataset": {"name": "cifar10"}, "model": _STRIDED, "epochs": 15},
    },
    {
        "name": "cifar-vgg",
        "title": "CIFAR-10, VGG-like CNN",
        "description": "Pairs of convolutions, each pair followed by max pooling",
        "method": {"title": "VGG-like CNN"},
        "spec": {"dataset": {"name": "cifar10"}, "model": _VGG, "epochs": 15},
    },
    {
        "name": "cifar-batchnorm",
        "title": "CIFAR-10, batch normalization",
        "description": "Two pairs of convolutions, each convolution followed by batch normalization",
        "method": {"title": "Batch normalization"},
        "spec": {"dataset": {"name": "cifar10"}, "model": _BATCHNORM, "epochs": 15},
    },
    {
        "name": "cifar-augmented",
        "title": "CIFAR-10, augmented",
        "description": "The batch normalization network, trained on shifted and flipped images",
        "method": {"title": "Augmentation"},
        "spec": {
            "dataset": {"name": "cifar10"},
            "model": _BATCHNORM,
            "augmentation": {"width_shift": 0.1, "height_shift": 0.1, "horizontal_flip": True},
            "epochs": 50,
        },
    },
]


@cache
def recipes() -> list[Recipe]:
    """Returns all recipes, their specs complete."""
    return [Recipe(**{**recipe, "spec": _specs()[recipe["name"]].as_json()}) for recipe in _RECIPES]


def recipe_spec(name: str) -> RunSpec:
    """Returns the spec of a recipe.

    Raises:
        Invalid: there is no such recipe.
    """
    if name not in _specs():
        message = f"there is no recipe {name!r}; the recipes are {', '.join(_specs())}"
        raise Invalid(sentence(message), [FieldError(["recipe"], message)])
    return _specs()[name]


@cache
def _specs() -> dict[str, RunSpec]:
    """All of them are trained in the precision that their worker decides."""
    return {recipe["name"]: RunSpec.model_validate({"precision": "auto", **recipe["spec"]}) for recipe in _RECIPES}
