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
    def unnamed_config(self) -> dict[str, Any]:
        """Returns what the layer computes, without the name that it has in its network."""
        return {key: value for key, value in self.config.items() if key != "name"}

    @property
    def call_arguments(self) -> dict[str, bool]:
        """Returns the arguments of the layer's call beside its input.

        `Resizing` declares `training=True`, which Keras 3.15 hands to every layer after it where a model is called
        without `training`: batch normalization and dropout would behave as in training.
        """
        return {"training": False} if self.class_name == "Resizing" else {}

    @property
    def has_coarse_biases_in_bfloat16(self) -> bool:
        """Returns whether TensorFlow adds up the gradients of the layer's biases in bfloat16 on a processor.

        The sum then stops growing at 256 times a summand. Other convolutions have an operation that computes the
        gradients of kernel and biases together and adds up in float32; a dense layer after `Flatten` has few summands.
        """
        if not self.trainable or not self.config.get("use_bias", True):
            return False
        is_grouped = self.class_name == "Conv2D" and self.config.get("groups", 1) > 1
        is_dense_on_map = self.class_name == "Dense" and len(self.output_shape) > 1
        return self.class_name == "DepthwiseConv2D" or is_grouped or is_dense_on_map
