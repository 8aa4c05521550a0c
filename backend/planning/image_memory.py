"""How much memory the images of a training take: a trainer holds them, unless they are too many for its machine."""

import math
from collections.abc import Sequence

HELD_SHARE = 1 / 4  # of a machine's memory; more training images are read from their memory-mapped file, batch by batch


def image_bytes(images: int, image_shape: Sequence[int]) -> int:
    """Returns the bytes of images as they are stored, uint8."""
    return images * math.prod(image_shape)


def are_held(bytes_: int, machine_bytes: int) -> bool:
    """Returns whether a machine with so much memory holds training images of `bytes_`."""
    return bytes_ <= HELD_SHARE * machine_bytes
