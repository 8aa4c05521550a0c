"""The recipes that we ship: named specs, each a first step that somebody can take with one press."""

from functools import cache
from typing import Any

from pydantic import BaseModel

from backend.errors import FieldError, Invalid
from backend.spec import RunSpec


class Recipe(BaseModel):
    name: str
    title: str
    description: str
    spec: dict[str, Any]


_RECIPES: list[dict[str, Any]] = [
    {
        "name": "digits-quick",
        "title": "Digits, in seconds",
        "description": "1,797 digits of 8 × 8 pixels, nothing to download",
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
        "name": "fashion-strided",
        "title": "Fashion-MNIST, strided CNN",
        "description": "70,000 pictures of clothes; where the tutorial begins",
        "spec": {"dataset": {"name": "fashion_mnist"}, "model": {"preset": "strided_cnn"}, "epochs": 15},
    },
]


@cache
def recipes() -> list[Recipe]:
    """All recipes, their specs complete."""
    return [Recipe(**{**recipe, "spec": RunSpec.model_validate(recipe["spec"]).as_json()}) for recipe in _RECIPES]


def recipe_spec(name: str) -> RunSpec:
    """The spec of a recipe.

    Raises:
        Invalid: there is no such recipe.
    """
    for recipe in recipes():
        if recipe.name == name:
            return RunSpec.model_validate(recipe.spec)
    known = ", ".join(recipe.name for recipe in recipes())
    message = f"there is no recipe {name!r}; the recipes are {known}"
    raise Invalid(message[0].upper() + message[1:] + ".", [FieldError(["recipe"], message)])
