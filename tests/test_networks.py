"""The networks, and the pace that is chosen for them. Parameters are counted by hand."""

import keras
import numpy as np
import pytest

from backend.spec import StridedCnnOptions
from tests.training_examples import FOR_DIGITS, TINY, spec
from worker.training import networks, pace
from worker.training.errors import TrainingError

FASHION = StridedCnnOptions()


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


def test_a_network_answers_with_probabilities() -> None:
    model = networks.build(spec("digits", TINY).model, [8, 8, 3], classes=4)

    answer = np.asarray(model(np.ones((2, 8, 8, 3), np.float32)))

    assert answer.shape == (2, 4)
    np.testing.assert_allclose(answer.sum(axis=1), 1, atol=1e-6)


def test_options_and_optimizer_are_those_of_the_spec() -> None:
    given = spec("digits", {"filters": [3], "padding": "same", "dense_units": []}, optimizer={"learning_rate": 0.02})
    model = networks.build(given.model, [8, 8, 1], classes=10)

    networks.compile_model(model, given)

    assert model.layers[0].output.shape == (None, 4, 4, 3)
    assert len(model.layers) == 3
    assert float(model.optimizer.learning_rate) == pytest.approx(0.02)
    assert model.get_compile_config()["steps_per_execution"] == 1


def test_the_same_seed_gives_the_same_weights() -> None:
    def weights(seed: int) -> np.ndarray:
        keras.utils.set_random_seed(seed)
        return np.asarray(networks.build(spec("digits", TINY).model, [8, 8, 1], 10).get_weights()[0])

    np.testing.assert_array_equal(weights(3), weights(3))
    assert (weights(3) != weights(4)).any()


def test_images_too_small_for_the_network_are_explained() -> None:
    with pytest.raises(TrainingError) as caught:
        networks.build(spec("digits", {"filters": [32, 64, 128]}).model, [8, 8, 1], 10)

    assert caught.value.title == "The network doesn't fit the images"
    assert caught.value.detail == (
        "Convolution 3 gets 1×1 of the 8×8 pixels, and with padding 'valid' its 3×3 filter finds no place in them."
    )
    assert caught.value.hint == "Use at most 2 convolutions, or padding 'same'."


def test_padding_same_always_leaves_a_pixel() -> None:
    options = StridedCnnOptions(filters=[1] * 8, padding="same")

    assert networks.sides(options, [8, 6, 1])[-1] == (1, 1)


def test_multiplications_are_counted() -> None:
    convolutions = 13 * 13 * 9 * 32 + 6 * 6 * 9 * 32 * 64 + 2 * 2 * 9 * 64 * 128

    assert networks.multiplications(FASHION, [28, 28, 1], 10) == convolutions + 512 * 512 + 512 * 10


def test_a_small_network_takes_many_steps_at_once_and_few_threads() -> None:
    chosen = pace.choose(spec("fashion_mnist", {}), [28, 28, 1], 10)

    assert 20 <= chosen.steps <= 60
    assert chosen.forward_images == 1_000
    assert chosen.small


def test_a_huge_network_takes_one_step_at_a_time_and_all_threads() -> None:
    huge = spec("photos", {"filters": [512, 1024], "padding": "same"}, batch_size=256)

    chosen = pace.choose(huge, [128, 128, 3], 10)

    assert chosen.steps == 1
    assert chosen.forward_images == 64_000_000 // (64 * 64 * 512)
    assert not chosen.small


def test_digits_take_a_whole_epoch_at_once() -> None:
    assert pace.choose(spec("digits", FOR_DIGITS), [8, 8, 1], 10).steps > 45
