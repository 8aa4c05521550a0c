"""`Layer`: one layer of a described network."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Layer:
    """`config` holds the arguments that differ from Keras' defaults, for `keras.layers.<class_name>(**config)`.

    `output_shape` is without the batch, that of the last use where a layer is used twice. `multiplications` counts all
    uses for one image.
    """

    name: str
    class_name: str
    config: dict[str, Any]
    output_shape: list[int]
    parameters: int
    trainable: int
    multiplications: int
