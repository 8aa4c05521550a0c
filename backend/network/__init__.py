"""Networks described without Keras: any model of a spec, with shapes, weights and costs, or why it can't be."""

from backend.network.describe import describe
from backend.network.errors import Impossible
from backend.network.layers import LAYERS
from backend.network.network import Layer, Network

__all__ = ["LAYERS", "Impossible", "Layer", "Network", "describe"]
