"""Optimizer, loss and metrics, as a notebook compiles: the saved file says nothing of how this program trains."""

from typing import Any

import keras
import tensorflow as tf

from backend.spec import Loss, Optimizer, RunSpec

OPTIMIZERS = {
    "adam": keras.optimizers.Adam,
    "adamw": keras.optimizers.AdamW,
    "sgd": keras.optimizers.SGD,
    "rmsprop": keras.optimizers.RMSprop,
}


def compile_model(model: keras.Model, spec: RunSpec) -> None:
    """Compile, and make the optimizer's variables, so that they can be restored."""
    model.compile(optimizer=optimizer(spec), loss=loss(spec.loss), metrics=["accuracy"])
    model.optimizer.build(model.trainable_variables)


def optimizer(spec: RunSpec) -> keras.optimizers.Optimizer:
    """With `mixed_float16` it scales the loss, or small gradients would become 0."""
    made = OPTIMIZERS[spec.optimizer.name](**_arguments(spec.optimizer))
    return keras.optimizers.LossScaleOptimizer(made) if spec.precision == "mixed_float16" else made


def loss(given: Loss) -> Any:
    if given.name == "categorical_crossentropy":
        return keras.losses.CategoricalCrossentropy(label_smoothing=given.label_smoothing)
    return keras.losses.SparseCategoricalCrossentropy()


def targets(labels: Any, given: Loss, classes: int) -> Any:
    """Labels as the loss takes them: numbers, or one value a class."""
    return tf.one_hot(labels, classes) if given.name == "categorical_crossentropy" else labels


def _arguments(given: Optimizer) -> dict[str, Any]:
    arguments = given.model_dump(exclude={"name", "schedule"})
    if given.name == "adamw":
        arguments["weight_decay"] = given.weight_decay or 0.0  # Keras' AdamW refuses None
    return arguments
