"""What network a spec means, computed without Keras: layers with shapes, weights and costs, or why none can be."""

from backend.network.describe import describe
from backend.network.errors import Impossible
from backend.network.layer import Layer
from backend.network.layers import LAYERS
from backend.network.network import Network

__all__ = ["LAYERS", "Impossible", "Layer", "Network", "describe"]
