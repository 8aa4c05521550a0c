"""The networks as Keras builds them from a spec, and the pace that is chosen for them."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import pytest
import tensorflow as tf

from backend.network import describe
from backend.planning.execution_plan import ExecutionPlan, choose_execution
from backend.spec import RunSpec
from tests.support.training.trainings import FOR_DIGITS, KERAS_SAVES_MODELS, TINY, spec
from worker.processor import BFLOAT16, extension
from worker.training import networks
from worker.training.errors import TrainingError

Images = npt.NDArray[np.float32]

FLAT_AND_DROPPED: list[dict[str, Any]] = [
    {"class_name": "Flatten", "config": {}},
    {"class_name": "Dropout", "config": {"rate": 0.5}},
]
SOFTMAX: dict[str, Any] = {"class_name": "Dense", "config": {"units": 4, "activation": "softmax"}}


def plan_of(run_spec: RunSpec, image_shape: list[int]) -> ExecutionPlan:
    return choose_execution(run_spec, describe(run_spec.model, image_shape, 10))


def listed(*layers: dict[str, Any]) -> RunSpec:
    return RunSpec.model_validate({"dataset": {"name": "digits"}, "model": {"layers": [*layers, SOFTMAX]}})


def test_strided_cnn_is_the_notebooks_network() -> None:
    model = networks.build(spec("fashion_mnist", {}).model, [28, 28, 1], classes=10)

    assert [type(layer).__name__ for layer in model.layers] == [*["Conv2D"] * 3, "Flatten", "Dense", "Dense"]
    assert [layer.output.shape[1:] for layer in model.layers] == [
        (13, 13, 32),
        (6, 6, 64),
        (2, 2, 128),
        (512,),
        (512,),
        (10,),
    ]
    assert model.count_params() == 320 + 18_496 + 73_856 + 262_656 + 5_130
    assert model.name == "strided_cnn"


def test_a_network_answers_with_probabilities() -> None:
    model = networks.build(spec("digits", TINY).model, [8, 8, 3], classes=4)

    answer = np.asarray(model(np.ones((2, 8, 8, 3), np.float32)))

    assert answer.shape == (2, 4)
    np.testing.assert_allclose(answer.sum(axis=1), 1, atol=1e-6)


def test_the_same_seed_gives_the_same_weights() -> None:
    def weights(seed: int) -> np.ndarray:
        keras.utils.set_random_seed(seed)
        return np.asarray(networks.build(spec("digits", TINY).model, [8, 8, 1], 10).get_weights()[0])

    np.testing.assert_array_equal(weights(3), weights(3))
    assert (weights(3) != weights(4)).any()


@pytest.mark.parametrize("precision", ["mixed_bfloat16", "mixed_float16"])
def test_with_mixed_precision_the_probabilities_stay_float32(precision: str) -> None:
    apart = [{"class_name": "Dense", "config": {"units": 4}}, {"class_name": "Softmax"}]
    for run_spec in (listed({"class_name": "Flatten"}), spec("digits", TINY)):
        model = networks.build(run_spec.model, [8, 8, 1], 4, precision)

        assert [layer.compute_dtype for layer in model.layers[:-1]] == [precision[6:]] * (len(model.layers) - 1)
        assert model.layers[-1].compute_dtype == "float32"
        assert model.outputs[0].dtype == "float32"
        assert {weight.dtype for weight in model.weights} == {"float32"}
    run_spec = RunSpec.model_validate(
        {"dataset": {"name": "digits"}, "model": {"layers": [{"class_name": "Flatten"}, *apart]}}
    )
    softmax = networks.build(run_spec.model, [8, 8, 1], 4, precision).layers[-1]
    assert (softmax.name, softmax.compute_dtype) == ("softmax", "float32")


@pytest.mark.parametrize("class_name", ["Dropout", "SpatialDropout2D"])
def test_with_mixed_precision_dropout_does_not_change_the_mean(class_name: str) -> None:
    """Drawn in bfloat16, a rate of 0.4 would give 0.988."""
    keras.utils.set_random_seed(0)
    dropped = {"class_name": class_name, "config": {"rate": 0.4}}
    model = networks.build(listed(dropped, {"class_name": "Flatten"}).model, [1, 1, 16], 4, "mixed_bfloat16")

    output = model.layers[0](np.ones((40_000, 1, 1, 16), np.float32), training=True)

    assert model.layers[1].compute_dtype == "bfloat16"
    assert np.asarray(output, np.float32).mean() == pytest.approx(1, abs=0.004)


@pytest.mark.skipif(extension() not in BFLOAT16, reason="this processor has no instructions for bfloat16")
@pytest.mark.parametrize(
    ("layer", "is_coarse"),
    [
        ({"class_name": "Conv2D", "config": {"filters": 8, "kernel_size": 3}}, False),
        ({"class_name": "SeparableConv2D", "config": {"filters": 8, "kernel_size": 3}}, False),
        ({"class_name": "DepthwiseConv2D", "config": {"kernel_size": 3}}, True),
        ({"class_name": "Conv2D", "config": {"filters": 8, "kernel_size": 3, "groups": 4}}, True),
        ({"class_name": "Dense", "config": {"units": 8}}, True),
    ],
)
def test_layers_whose_bias_gradients_are_coarse_in_bfloat16_are_known(layer: dict[str, Any], is_coarse: bool) -> None:
    head = [
        {"class_name": "GlobalAveragePooling2D"},
        {"class_name": "Dense", "config": {"units": 2, "activation": "softmax"}},
    ]
    described = describe(
        RunSpec.model_validate({"dataset": {"name": "digits"}, "model": {"layers": [layer, *head]}}).model,
        [32, 32, 8],
        2,
    ).layers[0]
    images = np.random.default_rng(0).random((32, 32, 32, 8)).astype(np.float32)

    exact, coarse = (bias_gradient(layer, precision, images) for precision in ("float32", "mixed_bfloat16"))

    assert described.has_coarse_biases_in_bfloat16 == is_coarse
    assert bool(np.abs(coarse / exact - 1).max() > 0.5) == is_coarse


def bias_gradient(layer: dict[str, Any], precision: str, images: Images) -> Images:
    """Returns the gradient of a loss that adds up all outputs, computed with that of the kernel, as in training."""
    built = getattr(keras.layers, layer["class_name"])(**layer["config"], dtype=precision)
    built.build(images.shape)

    weights = [weight.value for weight in built.trainable_weights]

    def gradients() -> Any:
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(tf.cast(built(images), tf.float32))
        return tape.gradient(loss, weights)

    return np.asarray(tf.function(gradients, autograph=False)()[-1])


@KERAS_SAVES_MODELS
def test_a_saved_network_loads_with_keras_alone(tmp_path: Path) -> None:
    config = {"filters": 4, "kernel_size": 3, "kernel_regularizer": {"class_name": "L2"}}
    model = networks.build(
        listed({"class_name": "Conv2D", "config": config}, {"class_name": "Flatten"}).model,
        [8, 8, 1],
        4,
        "mixed_bfloat16",
    )
    images = np.random.default_rng(0).random((3, 8, 8, 1), np.float32)

    model.save(tmp_path / "best.keras")
    loaded = keras.models.load_model(tmp_path / "best.keras")

    np.testing.assert_array_equal(np.asarray(loaded(images)), np.asarray(model(images)))
    assert type(loaded) is keras.Sequential


def test_images_too_small_for_the_network_are_explained() -> None:
    with pytest.raises(TrainingError) as caught:
        networks.build(spec("digits", {"filters": [32, 64, 128]}).model, [8, 8, 1], 10)

    assert caught.value.title == "The network doesn't fit the images"
    assert caught.value.detail == (
        "model.options.filters: convolution 3 gets 1×1 of the 8×8 pixels, and with padding 'valid' its 3×3 filter "
        "does not fit: use at most two convolutions, or padding 'same'."
    )


def test_a_small_network_takes_many_steps_at_once_and_few_threads() -> None:
    assert plan_of(spec("fashion_mnist", {}), [28, 28, 1]) == ExecutionPlan(
        steps_per_execution=33, images_per_pass=1_000, small=True
    )


def test_a_huge_network_takes_one_step_at_a_time_and_all_threads() -> None:
    huge = spec("photos", {"filters": [512, 1024], "padding": "same", "dense_units": []}, batch_size=256)

    assert plan_of(huge, [128, 128, 3]) == ExecutionPlan(
        steps_per_execution=1, images_per_pass=64_000_000 // (64 * 64 * 512), small=False
    )


def test_digits_take_a_whole_epoch_at_once() -> None:
    assert plan_of(spec("digits", FOR_DIGITS), [8, 8, 1]).steps_per_execution > 45


def test_a_network_that_resizes_its_images_is_called_for_inference_by_default() -> None:
    """Keras' Resizing would have every layer after it behave as in training."""
    model = networks.build(
        listed({"class_name": "Resizing", "config": {"height": 4, "width": 4}}, *FLAT_AND_DROPPED).model, [8, 8, 1], 4
    )
    images = np.random.default_rng(0).random((5, 8, 8, 1), np.float32)

    np.testing.assert_array_equal(model(images), model(images, training=False))
    assert np.abs(np.asarray(model(images, training=True) - model(images))).max() > 0
