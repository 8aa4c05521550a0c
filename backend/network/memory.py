"""What training a network takes in memory, beside the program and the images."""

FLOAT32 = 4
FLOAT16 = 2
COPIES = 4
"""A weight, its gradient, and the two moments of Adam."""


def training_bytes(weights: int, trainable: int, values: int, largest: int, batch_size: int, precision: str) -> int:
    """Bytes of all weights with gradients and moments, and of one batch.

    `values` are those of all layers' outputs for one image, kept for the way back; `largest` those of the largest, of
    which the way back holds two gradients at once.
    """
    half = precision != "float32"
    width = FLOAT16 if half else FLOAT32
    state = FLOAT32 * (weights - trainable + COPIES * trainable) + (FLOAT16 * weights if half else 0)
    return state + batch_size * width * (values + 2 * largest)
