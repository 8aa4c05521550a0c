"""The network of a spec as stock Keras, built from its description: no class of ours, no scaling layer inside."""

from collections.abc import Sequence
from typing import Any

import keras

from backend.network import Impossible, Layer, Network, describe
from backend.spec import ModelSpec
from worker.training.errors import TrainingError


def build(model: ModelSpec, image_shape: Sequence[int], classes: int, precision: str = "float32") -> keras.Model:
    """A model from float32 images, already scaled, to `classes` probabilities as float32, with the seeds as they are.

    Raises:
        TrainingError: there can be no such network.
    """
    network = described(model, image_shape, classes)
    last = network.calls[-1].layer
    layers = [_layer(layer, "float32" if n == last else precision) for n, layer in enumerate(network.layers)]
    image = keras.Input(tuple(network.image_shape), name=network.input_name)
    return _sequential(network, image, layers) if network.sequential else _functional(network, image, layers)


def described(model: ModelSpec, image_shape: Sequence[int], classes: int) -> Network:
    """The network of `model`, or a TrainingError that says why there is none."""
    try:
        return describe(model, image_shape, classes)
    except Impossible as impossible:
        raise TrainingError(
            title="The network doesn't fit the images",
            detail="; ".join(f"{'.'.join(map(str, error.loc))}: {error.msg}" for error in impossible.errors) + ".",
            hint="Edit the model, or take a dataset whose images and classes it fits; specs/check tells before.",
        ) from impossible


def _layer(layer: Layer, precision: str) -> Any:
    return getattr(keras.layers, layer.class_name)(**layer.config, dtype=precision)


def _sequential(network: Network, image: Any, layers: list[Any]) -> keras.Model:
    return keras.Sequential([image, *layers], name=network.name)


def _functional(network: Network, image: Any, layers: list[Any]) -> keras.Model:
    outputs: list[Any] = []
    for call in network.calls:
        gets = [outputs[place] if place >= 0 else image for place in call.inputs]
        outputs.append(layers[call.layer](gets[0] if len(gets) == 1 else gets))
    return keras.Model(image, outputs[-1], name=network.name)
