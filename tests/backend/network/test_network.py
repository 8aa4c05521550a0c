"""Networks described without Keras: their costs, and the errors of impossible ones."""

from typing import Any

import pytest

from backend.network import LAYERS
from tests.support.models.networks import FLAT, LAST, described, keras_layer, refused, stack


@pytest.mark.parametrize(
    ("model", "place", "message"),
    [
        (
            {"preset": "vgg", "options": {"blocks": [[32]] * 5}},
            "model.options.blocks",
            "five poolings leave nothing of 28×28: use at most four blocks",
        ),
        (
            {"preset": "vgg", "options": {"blocks": [[8, 8, 8]] * 3, "padding": "valid"}},
            "model.options.blocks",
            "convolution 1 of block 3 gets 2×2 of the 28×28 pixels, and with padding 'valid' its 3×3 filter does not "
            "fit: use fewer blocks, or padding 'same'",
        ),
        (
            {"preset": "strided_cnn", "options": {"filters": [8] * 5}},
            "model.options.filters",
            "convolution 4 gets 2×2 of the 28×28 pixels, and with padding 'valid' its 3×3 filter does not fit: "
            "use at most three convolutions, or padding 'same'",
        ),
        (
            stack(keras_layer("Conv2D", filters=4, kernel_size=3), keras_layer("MaxPooling2D", pool_size=30)),
            "model.layers.1",
            "layer 2, MaxPooling2D, gets 26×26×4, and with padding 'valid' its window of 30×30 does not fit into it: "
            "use padding 'same', fewer layers that shrink, or larger images",
        ),
        (
            {"layers": [keras_layer("Conv2D", filters=4, kernel_size=3), LAST]},
            "model.layers.1",
            "layer 2, Dense, gives 26×26×10 instead of 10 probabilities: put Flatten before it",
        ),
        (
            stack(FLAT, keras_layer("Conv2D", filters=4, kernel_size=3)),
            "model.layers.1",
            "layer 2, Conv2D, gets 784 and needs an image of height × width × channels: move it before Flatten, or put "
            "Reshape before it",
        ),
        (
            {"layers": [FLAT, keras_layer("Dense", units=12, activation="softmax")]},
            "model.layers.1.config.units",
            "the network ends with 12 probabilities, and the dataset has 10 classes: set units to 10 in layer 2, Dense",
        ),
        (
            {"layers": [FLAT, keras_layer("Dense", units=10)]},
            "model.layers.1",
            "the last layer must be a softmax, and layer 2, Dense, is not: end with Dense of 10 units and the "
            "activation softmax",
        ),
        (
            stack(keras_layer("Conv2D", filters=10**6, kernel_size=3)),
            "model.layers.0.config.filters",
            "layer 1, Conv2D: filters must be a whole number from 1 to 4,096; you gave 1000000",
        ),
        (
            stack(keras_layer("Lambda", function="code")),
            "model.layers.0.class_name",
            "a layer of the class Lambda is not allowed: it runs Python code, which a spec can't contain",
        ),
        (
            stack(keras_layer("Conv2D", filters=4, kernel_size=3, activation="my_function")),
            "model.layers.0.config.activation",
            'you gave "my_function"',
        ),
        (
            stack(keras_layer("Conv2D", filters=4, kernel_size=3, strides=2, dilation_rate=2)),
            "model.layers.0",
            "layer 1, Conv2D, has both strides and dilation_rate",
        ),
        (
            stack(keras_layer("Conv2D", filters=4, kernel_size=3, groups=3)),
            "model.layers.0",
            "layer 1, Conv2D, has 3 groups, which must divide both its 1 input channels and its 4 filters",
        ),
        (
            stack(keras_layer("Flatten"), keras_layer("Dense", units=16_384), keras_layer("Dense", units=16_384)),
            "model.layers.2",
            "with layer 3, Dense, the network has 281,313,280 parameters; at most 200,000,000 are allowed",
        ),
        (
            stack(*[keras_layer("UpSampling2D", size=16)] * 3),
            "model.layers.2",
            "layer 3, UpSampling2D, the network has",
        ),
        (
            stack(keras_layer("Reshape", target_shape=[5, -1])),
            "model.layers.0.config.target_shape",
            "layer 1, Reshape, gets 28×28×1, which are 784 values, and can't make 5×-1 of them",
        ),
        (
            stack(keras_layer("Dropout", rate=1.0)),
            "model.layers.0.config.rate",
            "layer 1, Dropout: rate must be a number from 0 to less than 1; you gave 1.0",
        ),
        (
            stack(keras_layer("Dense", units=4, kernel_regularizer={"class_name": "L2", "config": {"l2": -1}})),
            "model.layers.0.config.kernel_regularizer.config.l2",
            "must be a number from 0 to 1000; you gave -1",
        ),
        (
            stack(keras_layer("Dense", units=4, dtype="int8")),
            "model.layers.0.config.dtype",
            "must be float32 or mixed_bfloat16 or mixed_float16",
        ),
        (
            {"layers": [FLAT, {**LAST, "config": {**LAST["config"], "trainable": False}}]},
            "model",
            "no layer is trainable, so there is nothing to train",
        ),
    ],
)
def test_an_impossible_network_is_refused_at_its_place(model: Any, place: str, message: str) -> None:
    error_place, error_message = refused(model)[0]

    assert error_place == place
    assert message in error_message


def test_errors_of_all_layers_are_reported_together() -> None:
    errors = refused(stack(keras_layer("Conv2D", kernel_size=3, filter=3), keras_layer("MaxPool", pool_size=2)))

    assert [place for place, _ in errors] == [
        "model.layers.0.config.filter",
        "model.layers.0.config.filters",
        "model.layers.1.class_name",
    ]
    assert errors[1][1] == "layer 1, Conv2D: filters is missing and is required"
    assert ", ".join(LAYERS[:3]) in errors[2][1]


def test_costs_are_counted() -> None:
    network = described({"preset": "strided_cnn"})

    convolutions = 13 * 13 * 9 * 32 + 6 * 6 * 9 * 32 * 64 + 2 * 2 * 9 * 64 * 128
    assert network.multiplications == convolutions + 512 * 512 + 512 * 10
    assert network.largest == 13 * 13 * 32
    values = 784 + 5_408 + 2_304 + 512 + 512 + 512 + 10
    assert network.memory_bytes(32, "float32") == 4 * 4 * 360_458 + 32 * 4 * (values + 2 * 5_408)
    assert network.memory_bytes(32, "mixed_float16") == 18 * 360_458 + 32 * 2 * (values + 2 * 5_408)


def test_padding_same_always_leaves_a_pixel() -> None:
    network = described({"preset": "strided_cnn", "options": {"filters": [1] * 8, "padding": "same"}}, [8, 6, 1])

    assert network.layers[7].output_shape == [1, 1, 1]


def test_pooling_by_strides_and_average_are_options_of_vgg() -> None:
    strided = described({"preset": "vgg", "options": {"blocks": [[4, 4], [8]], "pooling": "strides", "l1": 0.1}})
    average = described({"preset": "vgg", "options": {"blocks": [[4]], "pooling": "average", "l1": 0.1, "l2": 0.2}})

    assert [layer.output_shape for layer in strided.layers[:3]] == [[28, 28, 4], [14, 14, 4], [7, 7, 8]]
    assert strided.layers[0].config["kernel_regularizer"]["config"] == {"l1": 0.1}
    assert [layer.class_name for layer in average.layers[:2]] == ["Conv2D", "AveragePooling2D"]
    assert average.layers[0].config["kernel_regularizer"]["class_name"] == "L1L2"
