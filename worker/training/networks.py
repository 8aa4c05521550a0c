"""Builds the network of a spec with Keras' own layers; scaling and augmentation stay outside of it."""

from collections.abc import Sequence
from typing import Any

import keras

from backend.network import Impossible, Layer, Network, describe
from backend.spec import ModelSpec
from worker.training.errors import TrainingError


def build(model: ModelSpec, image_shape: Sequence[int], classes: int, precision: str = "float32") -> keras.Model:
    """Builds a model from scaled float32 images to probabilities, float32, N × classes.

    Weights are drawn from the global seed.

    Raises:
        TrainingError: the network can't be built for these images.
    """
    network = described(model, image_shape, classes)
    layers = [_layer(layer, own) for layer, own in zip(network.layers, network.precisions(precision), strict=True)]
    image = keras.Input(tuple(network.image_shape), name=network.input_name)
    return _sequential(network, image, layers) if network.sequential else _functional(network, image, layers)


def described(model: ModelSpec, image_shape: Sequence[int], classes: int) -> Network:
    """Returns the description of the network. Raises TrainingError if it doesn't fit the images."""
    try:
        return describe(model, image_shape, classes)
    except Impossible as impossible:
        raise TrainingError(
            title="The network doesn't fit the images",
            detail="; ".join(f"{'.'.join(map(str, error.loc))}: {error.msg}" for error in impossible.errors) + ".",
            hint="Edit the model, or choose another dataset. POST /api/specs/check reports this before a launch.",
        ) from impossible


def _layer(layer: Layer, precision: str) -> Any:
    return getattr(keras.layers, layer.class_name)(**layer.config, dtype=precision)


def _sequential(network: Network, image: Any, layers: list[Any]) -> keras.Model:
    return keras.Sequential([image, *layers], name=network.name)


def _functional(network: Network, image: Any, layers: list[Any]) -> keras.Model:
    outputs: list[Any] = []
    for call in network.calls:
        gets = [outputs[place] if place >= 0 else image for place in call.inputs]
        arguments = network.layers[call.layer].call_arguments
        outputs.append(layers[call.layer](gets[0] if len(gets) == 1 else gets, **arguments))
    return keras.Model(image, outputs[-1], name=network.name)
