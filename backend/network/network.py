"""`Network`: a model's layers with shapes and costs. The page shows it and the trainer builds it."""

from dataclasses import dataclass, field

from backend.network.layer import Layer
from backend.network.memory import training_bytes
from backend.network.plan import Call


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

    def memory_bytes(self, batch_size: int, precision: str) -> int:
        """Returns the bytes that training takes for weights, gradients, optimizer and one batch."""
        return training_bytes(self.parameters, self.trainable, self.values, self.largest, batch_size, precision)
