"""Compiles a model with a spec's optimizer and loss, as a notebook does."""

from typing import Any

import keras
import tensorflow as tf

from backend.spec import Loss, RunSpec
from worker.training.portable.fused_adam import fuse_adam
from worker.training.portable.fused_batch_norm import fuse_batch_normalization


def compile_model(model: keras.Model, spec: RunSpec) -> None:
    """Compiles the model and creates the optimizer's variables, so that they can be restored, and the metric's."""
    fuse_batch_normalization(model)
    model.compile(optimizer=optimizer(spec, model.trainable_variables), loss=loss(spec.loss), metrics=["accuracy"])
    model.optimizer.build(model.trainable_variables)
    _build_metrics(model, spec)


def _build_metrics(model: keras.Model, spec: RunSpec) -> None:
    """Creates the metric's variables. In the first training step, TensorFlow would trace that step twice for them."""
    classes = model.output_shape[-1]
    model.compute_metrics(None, targets(tf.constant([0]), spec.loss, classes), tf.zeros([1, classes]))
    model.reset_metrics()


def optimizer(spec: RunSpec, variables: list[keras.Variable]) -> keras.optimizers.Optimizer:
    """Returns the optimizer of `variables`.

    With `mixed_float16` it scales the loss, because small gradients would become 0.
    """
    plain = getattr(keras.optimizers, spec.optimizer.keras_class)(**spec.optimizer.keras_arguments())
    if spec.optimizer.is_fused:
        fuse_adam(plain, variables)
    return keras.optimizers.LossScaleOptimizer(plain) if spec.precision == "mixed_float16" else plain


def loss(spec: Loss) -> keras.losses.Loss:
    return getattr(keras.losses, spec.keras_class)(**spec.keras_arguments())


def targets(labels: Any, loss: Loss, classes: int) -> Any:
    """Returns labels as the loss takes them: class indexes, or one value a class."""
    return tf.one_hot(labels, classes) if loss.one_hot else labels
