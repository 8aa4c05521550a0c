"""The memory that training a network takes, apart from the program and the images."""

FLOAT32_BYTES = 4
FLOAT16_BYTES = 2
COPIES = 4  # a weight, its gradient and the two moments of Adam


def training_bytes(weights: int, trainable: int, values: int, largest: int, batch_size: int, precision: str) -> int:
    """Returns the bytes of all weights with gradients and moments, and of one batch.

    `values` counts all layers' outputs for one image, kept for the backward pass; `largest` counts the
    largest output, of which the backward pass holds two gradients at once.
    """
    half = precision != "float32"
    width = FLOAT16_BYTES if half else FLOAT32_BYTES
    state = FLOAT32_BYTES * (weights - trainable + COPIES * trainable) + (FLOAT16_BYTES * weights if half else 0)
    return state + batch_size * width * (values + 2 * largest)
