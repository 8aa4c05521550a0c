"""Begins a training with the weights of another run's best model."""

from pathlib import Path

import keras
import numpy as np

from worker.training.errors import TrainingError
from worker.training.portable.initial_weights import layers_with_weights, matching_layers


def take_weights(model: keras.Model, path: Path) -> str:
    """Copies the weights of the model in `path` into `model`; the last layer keeps its own if the classes differ.

    Layers are matched in their order, whatever their names. Returns a line for the log.

    Raises:
        TrainingError: the number of layers with weights differs, or the shapes of a layer's weights.
    """
    source = keras.saving.load_model(path, compile=False)
    layers, source_layers = layers_with_weights(model), layers_with_weights(source)
    if len(layers) != len(source_layers):
        raise _differs(f"it has {len(source_layers)} layers with weights, this network has {len(layers)}")
    pairs = matching_layers(model, source)
    for layer, source_layer in pairs:
        _copy(layer, source_layer)
    rest = "" if len(pairs) == len(layers) else f"; {layers[-1].name} starts at random because the classes differ"
    return f"Initial weights from another run: {len(pairs)} of {len(layers)} layers{rest}"


def _copy(layer: keras.Layer, source: keras.Layer) -> None:
    weights, source_weights = _shapes(layer.get_weights()), _shapes(source.get_weights())
    if weights != source_weights:
        raise _differs(
            f"its layer {source.name} has weights {source_weights}, {layer.name} of this network has {weights}"
        )
    layer.set_weights(source.get_weights())


def _shapes(weights: list[np.ndarray]) -> list[tuple[int, ...]]:
    return [array.shape for array in weights]


def _differs(how: str) -> TrainingError:
    return TrainingError(
        title="The other run's weights don't fit",
        detail=f"The run that the initial weights come from has a different network: {how}.",
        hint="Use the model of that run unchanged, or choose random initial weights.",
    )
