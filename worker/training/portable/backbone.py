"""What a frozen backbone makes of images, pass by pass."""

from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf

IMAGES_PER_FEATURE_PASS = 32
FEATURES = "features"  # the name of the layer that ends a backbone


def head_of(model: keras.Model) -> keras.Model:
    """Returns a model of the layers after the backbone, from features to probabilities; it shares their weights."""
    return keras.Model(model.get_layer(FEATURES).output, model.output)


def feature_pass(
    model: keras.Model,
    scale: Callable[[tf.Tensor], tf.Tensor],
    vary: Callable[[tf.Tensor, tf.Tensor], tf.Tensor] | None = None,
) -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
    """Returns a function from images and their positions to the features of the backbone in `model`, float32.

    It takes at most IMAGES_PER_FEATURE_PASS images and fills each pass up to that number, so that the features of an
    image don't depend on how many are computed with it. `vary` gets images and positions, int32, before they are
    scaled.
    """
    backbone = keras.Model(model.inputs, model.get_layer(FEATURES).output)

    def forward_pass(images: tf.Tensor, positions: tf.Tensor) -> tf.Tensor:
        varied = images if vary is None else vary(images, positions)
        return tf.cast(backbone(scale(varied), training=False), tf.float32)

    forward = tf.function(forward_pass, autograph=False)

    def features(images: np.ndarray, positions: np.ndarray) -> np.ndarray:
        rows = np.minimum(np.arange(IMAGES_PER_FEATURE_PASS), len(images) - 1)
        filled: np.ndarray = forward(tf.constant(images[rows]), tf.constant(positions[rows].astype(np.int32))).numpy()
        return filled[: len(images)]

    return features


def all_features(
    forward: Callable[[np.ndarray, np.ndarray], np.ndarray], images: np.ndarray, positions: np.ndarray | None = None
) -> np.ndarray:
    """Returns the features of all images, in their order. `positions` are those in their split, by default 0, 1, 2 …"""
    positions = np.arange(len(images)) if positions is None else positions
    parts = np.split(np.arange(len(images)), range(IMAGES_PER_FEATURE_PASS, len(images), IMAGES_PER_FEATURE_PASS))
    return np.concatenate([forward(images[part], positions[part]) for part in parts])
