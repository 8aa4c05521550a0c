"""Files of weights as keras.applications reads them, made from Keras' own networks with weights drawn at random."""

from pathlib import Path
from typing import Any

import h5py
import keras
import numpy as np
from keras.src.legacy.saving.legacy_h5_format import save_weights_to_hdf5_group


def random_network(name: str, side: int = 32) -> keras.Model:
    """Returns a network of keras.applications up to its features, in which no weight is zero or one."""
    network: keras.Model = getattr(keras.applications, name)(
        include_top=False, weights=None, input_shape=(side, side, 3), pooling="avg"
    )
    draw = np.random.default_rng(7)
    for weight in network.weights:
        if not weight.path.endswith("kernel"):
            least, most = (0.5, 1.5) if weight.path.endswith(("variance", "gamma")) else (-0.1, 0.1)
            weight.assign(draw.uniform(least, most, weight.shape))
    return network


def save_as_keras_did(network: Any, path: Path) -> Path:
    """Writes the weights in the format of Keras 1 and 2, in which Keras offers its files."""
    with h5py.File(path, "w") as file:
        save_weights_to_hdf5_group(file, network)
    return path
