"""Weights of a network of keras.applications, from Keras' own file in the HDF5 format of Keras 1 and 2."""

from pathlib import Path

import h5py
import keras
import numpy as np

FEATURES = "features"  # the name of the layer that ends a backbone


def read_weights(path: Path) -> list[np.ndarray]:
    """Returns all weights in the order of the layers of Keras' own network.

    Raises:
        OSError, KeyError: It is no such file, or is damaged.
    """
    with h5py.File(path) as file:
        groups = [file[name] for name in file.attrs["layer_names"]]
        return [group[name][()] for group in groups for name in group.attrs["weight_names"]]


def set_weights(model: keras.Model, weights: list[np.ndarray]) -> None:
    """Sets the weights of the backbone in `model`, whose layers have the order of Keras' own network.

    A factor for each channel, or a kernel with a group for each channel, has its axes of length 1 elsewhere there.

    Raises:
        ValueError: They are those of another network.
    """
    variables = keras.Model(model.inputs, model.get_layer(FEATURES).output).weights
    shapes = [[side for side in variable.shape if side > 1] for variable in variables]
    if shapes != [[side for side in array.shape if side > 1] for array in weights]:
        raise ValueError(f"its {len(weights)} weights don't fit the {len(variables)} of {model.name}")
    for variable, array in zip(variables, weights, strict=True):
        variable.assign(array.reshape(variable.shape))
