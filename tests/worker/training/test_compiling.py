"""Optimizers and losses have Keras' own arguments."""

from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.support.training.trainings import TINY, spec
from worker.training import compiling, networks
from worker.training.portable.fused_batch_norm import fuse_batch_normalization


def compiled(**changes: Any) -> keras.Model:
    run_spec = spec("tiny", TINY, **changes)
    model = networks.build(run_spec.model, [8, 8, 1], 3, run_spec.precision)
    compiling.compile_model(model, run_spec)
    return model


@pytest.mark.parametrize(
    ("optimizer_spec", "expected"),
    [
        ({"name": "adam"}, keras.optimizers.Adam()),
        ({"name": "adam", "beta_1": 0.8, "amsgrad": True}, keras.optimizers.Adam(beta_1=0.8, amsgrad=True)),
        ({"name": "adamw"}, keras.optimizers.AdamW()),
        ({"name": "adamw", "weight_decay": None}, keras.optimizers.AdamW(weight_decay=0.0)),
        ({"name": "sgd"}, keras.optimizers.SGD()),
        (
            {"name": "sgd", "learning_rate": 0.2, "momentum": 0.9, "nesterov": True, "clipnorm": 1.0},
            keras.optimizers.SGD(0.2, momentum=0.9, nesterov=True, clipnorm=1.0),
        ),
        ({"name": "rmsprop"}, keras.optimizers.RMSprop()),
        (
            {"name": "rmsprop", "rho": 0.8, "momentum": 0.1, "centered": True, "weight_decay": 0.01},
            keras.optimizers.RMSprop(rho=0.8, momentum=0.1, centered=True, weight_decay=0.01),
        ),
    ],
)
def test_an_optimizer_is_keras_own(optimizer_spec: dict[str, Any], expected: keras.optimizers.Optimizer) -> None:
    optimizer = compiled(optimizer=optimizer_spec).optimizer

    assert type(optimizer) is type(expected)
    assert optimizer.get_config() | {"name": ""} == expected.get_config() | {"name": ""}


@pytest.mark.parametrize(
    "optimizer_spec", [{"name": "adam", "clipnorm": 0.1}, {"name": "adamw", "beta_1": 0.8, "weight_decay": 0.1}]
)
def test_adam_in_one_operation_equals_keras_own(optimizer_spec: dict[str, Any]) -> None:
    run_spec = spec("tiny", TINY, optimizer=optimizer_spec)
    own = getattr(keras.optimizers, run_spec.optimizer.keras_class)(**run_spec.optimizer.keras_arguments())
    gradients = np.random.default_rng(0).normal(size=(5, 3, 4)).astype(np.float32)
    variables = [keras.Variable(np.ones((3, 4))), keras.Variable(np.ones((3, 4)))]
    fused = compiling.optimizer(run_spec, variables[:1])

    for optimizer, variable in zip((fused, own), variables, strict=True):
        for gradient in gradients:
            optimizer.apply([tf.constant(gradient)], [variable])

    assert "update_step" in vars(fused)
    np.testing.assert_allclose(variables[0], variables[1], rtol=1e-5)


@pytest.mark.parametrize("precision", ["float32", "mixed_bfloat16"])
def test_batch_normalization_in_one_operation_equals_keras_own(precision: str) -> None:
    draw = np.random.default_rng(0)
    images = tf.constant(draw.normal(1.0, 2.0, (8, 5, 6, 3)), tf.float32)
    slopes = tf.constant(draw.normal(size=(8, 5, 6, 3)), tf.float32)
    fused, own = (keras.Sequential([keras.Input((5, 6, 3)), normalization(precision)]) for _ in range(2))
    fuse_batch_normalization(fused)

    results = [trained_once(model, images, slopes) for model in (fused, own)]

    assert "call" in vars(fused.layers[0])
    tolerance = 1e-4 if precision == "float32" else 0.02
    for fused_array, own_array in zip(*results, strict=True):
        np.testing.assert_allclose(fused_array, own_array, rtol=tolerance, atol=tolerance)
    own.set_weights(fused.get_weights())
    np.testing.assert_array_equal(fused(images), own(images))  # outside of training it is Keras' own


def test_batch_normalization_that_is_frozen_uses_its_statistics() -> None:
    images = np.random.default_rng(0).normal(1.0, 2.0, (8, 5, 6, 3)).astype(np.float32)
    model = keras.Sequential([keras.Input((5, 6, 3)), normalization("float32")])
    fuse_batch_normalization(model)
    model.layers[0].trainable = False

    np.testing.assert_array_equal(model(images, training=True), model(images))


def normalization(precision: str) -> keras.layers.Layer:
    return keras.layers.BatchNormalization(
        momentum=0.5, gamma_initializer=keras.initializers.Constant(0.5), dtype=precision
    )


def trained_once(model: keras.Model, images: tf.Tensor, slopes: tf.Tensor) -> list[np.ndarray]:
    """Returns outputs, gradients and moving statistics of one step in training."""
    with tf.GradientTape() as tape:
        tape.watch(images)
        outputs = tf.cast(model(images, training=True), tf.float32)
        loss = tf.reduce_sum(outputs * slopes)
    gradients = tape.gradient(loss, [images, *model.trainable_variables])
    return [np.asarray(array) for array in (outputs, *gradients, *model.non_trainable_variables)]


def test_label_smoothing_reaches_the_loss_and_targets_are_one_hot() -> None:
    run_spec = spec("tiny", TINY, loss={"name": "categorical_crossentropy", "label_smoothing": 0.2})
    targets = compiling.targets(np.array([2, 0]), run_spec.loss, 3)

    loss = compiling.loss(run_spec.loss)(targets, np.array([[0.2, 0.3, 0.5], [0.6, 0.3, 0.1]], np.float32))

    smooth = np.asarray(targets) * 0.8 + 0.2 / 3
    expected = -(smooth * np.log([[0.2, 0.3, 0.5], [0.6, 0.3, 0.1]])).sum(axis=1).mean()
    assert np.asarray(targets).tolist() == [[0, 0, 1], [1, 0, 0]]
    assert float(loss) == pytest.approx(expected, rel=1e-5)


def test_float16_scales_its_loss_and_bfloat16_does_not_need_to() -> None:
    assert isinstance(compiled(precision="mixed_float16").optimizer, keras.optimizers.LossScaleOptimizer)
    assert type(compiled(precision="mixed_bfloat16").optimizer) is keras.optimizers.Adam


def test_variables_of_the_optimizer_are_there_to_be_restored() -> None:
    model = compiled(precision="mixed_float16", optimizer={"name": "sgd", "learning_rate": 0.02})

    names = [variable.path.split("/")[-1] for variable in model.optimizer.variables]

    assert {"step_counter", "dynamic_scale", "learning_rate"} <= set(names)
    assert float(model.optimizer.learning_rate) == pytest.approx(0.02)
