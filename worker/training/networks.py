"""The networks that a spec can name, as stock Keras: no class of ours, no scaling layer inside."""

from typing import Any

import keras

from backend.spec import ModelSpec, RunSpec, StridedCnnOptions
from worker.training.errors import TrainingError

KERNEL = 3
STRIDES = 2


def build(model: ModelSpec, image_shape: list[int], classes: int) -> keras.Model:
    """A model from float32 images, already scaled, to `classes` probabilities, with the seeds as they are now."""
    options = model.options
    sides(options, image_shape)
    layers = keras.layers
    stack: list[Any] = [keras.Input(tuple(image_shape))]
    stack.extend(
        layers.Conv2D(filters, KERNEL, STRIDES, padding=options.padding, activation="relu")
        for filters in options.filters
    )
    stack.append(layers.Flatten())
    stack.extend(layers.Dense(units, activation="relu") for units in options.dense_units)
    stack.append(layers.Dense(classes, activation="softmax"))
    return keras.Sequential(stack, name=model.preset)


def compile_model(model: keras.Model, spec: RunSpec) -> None:
    """Compile as a notebook does, so that the saved file says nothing of how this program trains."""
    adam = spec.optimizer
    model.compile(
        optimizer=keras.optimizers.Adam(
            learning_rate=adam.learning_rate, beta_1=adam.beta_1, beta_2=adam.beta_2, epsilon=adam.epsilon
        ),
        loss=spec.loss.name,
        metrics=["accuracy"],
    )
    model.optimizer.build(model.trainable_variables)


def sides(options: StridedCnnOptions, image_shape: list[int]) -> list[tuple[int, int]]:
    """Height and width before the first convolution and after each. Raises TrainingError where nothing is left."""
    height, width, _ = image_shape
    after = [(height, width)]
    for number in range(1, len(options.filters) + 1):
        height, width = (_side(side, options.padding) for side in after[-1])
        if min(height, width) < 1:
            raise _nothing_left(number, after[-1], image_shape)
        after.append((height, width))
    return after


def multiplications(options: StridedCnnOptions, image_shape: list[int], classes: int) -> int:
    """How many multiplications one image costs forwards."""
    total, channels = 0, image_shape[2]
    shapes = sides(options, image_shape)
    for filters, (height, width) in zip(options.filters, shapes[1:], strict=True):
        total += height * width * KERNEL * KERNEL * channels * filters
        channels = filters
    units = shapes[-1][0] * shapes[-1][1] * channels
    for width in [*options.dense_units, classes]:
        total += units * width
        units = width
    return total


def _side(side: int, padding: str) -> int:
    return -(-side // STRIDES) if padding == "same" else (side - KERNEL) // STRIDES + 1


def _nothing_left(number: int, side: tuple[int, int], image_shape: list[int]) -> TrainingError:
    return TrainingError(
        title="The network doesn't fit the images",
        detail=(
            f"Convolution {number} gets {side[0]}×{side[1]} of the {image_shape[0]}×{image_shape[1]} pixels, "
            f"and with padding 'valid' its {KERNEL}×{KERNEL} filter finds no place in them."
        ),
        hint=f"Use at most {number - 1} convolutions, or padding 'same'."
        if number > 1
        else "Use padding 'same', or larger images.",
    )
