"""Gives a network the weights that its backbone learnt elsewhere."""

import hashlib
import pickle
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
import numpy.typing as npt

from backend.phrases import in_short
from backend.spec import BackbonePart
from worker.training.errors import TrainingError
from worker.training.portable import efficientnet_lite0

Weights = Mapping[str, list[npt.NDArray[np.float32]]]
"""Weights by the name of the layer, in Keras' order and shapes."""


@dataclass(frozen=True)
class WeightsSource:
    """`file` returns where the file should be, None where that is unknown; `read` returns the weights in it."""

    file: Callable[[], Path | None]
    read: Callable[[Path], Weights]


SOURCES: Mapping[str, WeightsSource] = {
    "efficientnet_lite0": WeightsSource(efficientnet_lite0.weights_file, efficientnet_lite0.read_weights),
}


def set_pretrained(model: keras.Model, backbone: BackbonePart) -> str:
    """Sets the weights of the backbone's layers in `model`; returns a line for the log.

    Raises:
        TrainingError: The file of weights is missing, damaged, or another one.
    """
    weights = read_pretrained(backbone)
    for name, arrays in weights.items():
        model.get_layer(name).set_weights(arrays)
    return f"{len(weights)} layers of {backbone.title} begin with what they learnt from {backbone.trained_on}"


def read_pretrained(backbone: BackbonePart) -> Weights:
    """Returns the weights of a backbone by layer. Raises as `set_pretrained`."""
    source = SOURCES[backbone.backbone]
    path = source.file()
    if path is None or not path.is_file():
        raise _unavailable(backbone, f"{backbone.file} is not on this machine", f"It comes with the {backbone.source}.")
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != backbone.sha256:
        raise _unavailable(
            backbone, f"{path} has the SHA-256 {found}, expected is {backbone.sha256}", "Install it again."
        )
    try:
        return source.read(path)
    except (OSError, ValueError, EOFError, KeyError, pickle.UnpicklingError) as error:
        raise _unavailable(backbone, f"{path} can't be read ({in_short(error)})", "Install it again.") from error


def _unavailable(backbone: BackbonePart, detail: str, hint: str) -> TrainingError:
    return TrainingError(title=f"The weights of {backbone.title} are missing", detail=f"{detail}.", hint=hint)
