"""Batch normalization's training pass in one operation."""

from collections.abc import Callable

import keras
import tensorflow as tf

LEAST_EPSILON = 1.001e-5  # of cuDNN's operation


def fuse_batch_normalization(model: keras.Model) -> None:
    """Lets batch normalization of images take one operation forward and one backward; Keras' own takes some twenty.

    Keras' own casts bfloat16 and float16 to float32 and back, too. The layers stay of Keras' own class, so that a saved
    model needs no other, and what they do outside of training stays Keras' own.
    """
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization) and normalizes_channels(layer):
            layer.call = training_in_one_operation(layer)


def normalizes_channels(layer: keras.layers.BatchNormalization) -> bool:
    """Returns whether the layer normalizes the last axis of N × H × W × C."""
    is_last = layer.input_spec.ndim == 4 and layer.axis in (-1, 3)
    return is_last and layer.epsilon >= LEAST_EPSILON and not (layer.renorm or layer.synchronized)


def training_in_one_operation(layer: keras.layers.BatchNormalization) -> Callable[..., tf.Tensor]:
    """Returns what to call instead of the layer's own `call`."""
    own_call, momentum = type(layer).call, layer.momentum

    def call(inputs: tf.Tensor, training: bool | None = None, mask: tf.Tensor | None = None) -> tf.Tensor:
        if not (training and layer.trainable) or mask is not None:
            return own_call(layer, inputs, training=training, mask=mask)
        outputs, mean, variance = normalized(layer, inputs)
        layer.moving_mean.assign(layer.moving_mean * momentum + mean * (1.0 - momentum))
        layer.moving_variance.assign(layer.moving_variance * momentum + variance * (1.0 - momentum))
        return outputs

    return call


def normalized(layer: keras.layers.BatchNormalization, inputs: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """Returns the batch normalized by its own mean and variance, scaled and shifted by the layer, and those two."""
    channels = layer.moving_mean.shape
    outputs, mean, unbiased, *_ = tf.raw_ops.FusedBatchNormV3(
        x=inputs,
        scale=layer.gamma if layer.scale else tf.ones(channels),
        offset=layer.beta if layer.center else tf.zeros(channels),
        mean=[],
        variance=[],
        epsilon=layer.epsilon,
        exponential_avg_factor=1.0,
    )
    values = tf.cast(tf.size(inputs) // channels[0], tf.float32)
    variance = unbiased * (tf.maximum(values - 1.0, 1.0) / values)  # as Keras' own, which divides by all values
    return outputs, mean, variance
