"""Begin with the weights of another run's best model."""

from pathlib import Path
from typing import Any

import keras
import numpy.typing as npt

from worker.training.errors import TrainingError

Weights = list[npt.NDArray[Any]]


def take_weights(model: keras.Model, path: Path) -> str:
    """Give `model` the weights of the model in `path`; the last layer keeps its own where it has other classes.

    Layers are matched in their order, whatever their names. Returns a line for the log.

    Raises:
        TrainingError: another layer has other shapes, or there are more or fewer layers with weights.
    """
    source = keras.saving.load_model(path, compile=False)
    ours, theirs = _with_weights(model), _with_weights(source)
    if len(ours) != len(theirs):
        raise _differs(f"it has {len(theirs)} layers with weights, this network has {len(ours)}")
    same_classes = model.output_shape == source.output_shape
    pairs = list(zip(ours, theirs, strict=True))[: None if same_classes else -1]
    for own, other in pairs:
        _copy(own, other)
    left = "" if same_classes else f"; {ours[-1].name} begins anew, since the classes are others"
    return f"Begins with the weights of another run: {len(pairs)} of {len(ours)} layers{left}"


def _with_weights(model: keras.Model) -> list[Any]:
    return [layer for layer in model.layers if layer.weights]


def _copy(own: Any, other: Any) -> None:
    mine, weights = (_shapes(layer.get_weights()) for layer in (own, other))
    if mine != weights:
        raise _differs(f"its layer {other.name} has weights {weights}, {own.name} of this network has {mine}")
    own.set_weights(other.get_weights())


def _shapes(weights: Weights) -> list[tuple[int, ...]]:
    return [array.shape for array in weights]


def _differs(how: str) -> TrainingError:
    return TrainingError(
        title="The other run's weights don't fit",
        detail=f"The run that this one was to begin with has another network: {how}.",
        hint="Take that run's model as it is, or begin without its weights.",
    )
