"""`Network`: a model's layers with shapes and costs. The page shows it and the trainer builds it."""

from dataclasses import dataclass, field

from backend.network.layer import Layer
from backend.network.memory import training_bytes
from backend.network.plan import Call

DRAW_WHAT_TO_DROP = ("Dropout", "SpatialDropout2D")


@dataclass(frozen=True)
class Network:
    """Layers in the order of the spec. `values` counts all outputs for one image, `largest` the largest output."""

    name: str
    image_shape: list[int]
    layers: list[Layer]
    calls: list[Call] = field(repr=False)
    sequential: bool
    input_name: str
    largest: int
    values: int

    @property
    def parameters(self) -> int:
        return sum(layer.parameters for layer in self.layers)

    @property
    def trainable(self) -> int:
        return sum(layer.trainable for layer in self.layers)

    @property
    def multiplications(self) -> int:
        """Multiplications of one forward pass over one image."""
        return sum(layer.multiplications for layer in self.layers)

    def precisions(self, precision: str) -> list[str]:
        """Returns each layer's precision: float32 for the last layer, and for those that draw what to drop.

        Drawn in bfloat16, which gives 128 numbers between 0 and 1, `Dropout(0.2)` would keep 102 values of 128 and
        scale them as if they were 80 %: 0.4 % less than without dropout. `Dropout(0.4)` would give 1.2 % less.
        """
        last = self.calls[-1].layer
        full = [number == last or layer.class_name in DRAW_WHAT_TO_DROP for number, layer in enumerate(self.layers)]
        return ["float32" if is_full else precision for is_full in full]

    def memory_bytes(self, batch_size: int, precision: str) -> int:
        """Returns the bytes that training takes for weights, gradients, optimizer and one batch."""
        return training_bytes(self.parameters, self.trainable, self.values, self.largest, batch_size, precision)
