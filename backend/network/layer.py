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

    @property
    def call_arguments(self) -> dict[str, bool]:
        """Returns the arguments of the layer's call beside its input.

        `Resizing` declares `training=True`, which Keras 3.15 hands to every layer after it where a model is called
        without `training`: batch normalization and dropout would behave as in training.
        """
        return {"training": False} if self.class_name == "Resizing" else {}
