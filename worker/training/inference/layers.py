"""What the layers of a network see: its filters, and the feature maps of one image."""

from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf
from PIL import Image

from worker.training.inference.graph import graph

Pixels = npt.NDArray[np.uint8]

MAX_MAPS = 64  # more are too many to see on a page
MAX_SIDE = 112  # pixels of a map: what the page shows of it
MIDDLE = 127.5  # the grey that stands for a weight of 0


class FeatureMaps:
    """The outputs of a network's convolutions. `layers` has them by name, each with the shape (h, w, channels).

    Raises:
        NoConvolution: The network has none.
    """

    def __init__(self, model: keras.Model) -> None:
        network = graph(model)
        self.layers = {layer.name: (layer, output.shape[1:]) for layer, output in network.convolutions}
        outputs = keras.Model(network.input, {layer.name: output for layer, output in network.convolutions})
        image = tf.TensorSpec((1, *model.input_shape[1:]), tf.float32)
        self._forward: Any = tf.function(lambda scaled: outputs(scaled, training=False), input_signature=[image])

    def __call__(self, name: str, image: npt.NDArray[np.float32]) -> list[tuple[int, float, Pixels]]:
        """Returns channel, strongest response and map (h, w) of one scaled image (1, H, W, C), the strongest first.

        There are at most MAX_MAPS. Each map goes from black, its smallest value or 0, to white, its largest.
        """
        maps = np.asarray(self._forward(image)[name], np.float32)[0]
        strongest = maps.max(axis=(0, 1))
        channels = np.argsort(-strongest, kind="stable")[:MAX_MAPS]
        return [(int(channel), float(strongest[channel]), _as_pixels(maps[:, :, channel])) for channel in channels]


def filters(layer: Any) -> list[Pixels]:
    """Returns the kernels of a convolution, at most MAX_MAPS, (h, w) or of three input channels (h, w, 3).

    Grey is a weight of 0; each filter has its own scale. Empty for a layer whose input has other channels.
    """
    if not isinstance(layer, keras.layers.Conv2D) or layer.kernel.shape[2] not in (1, 3):
        return []
    kernels = np.moveaxis(np.asarray(layer.kernel, np.float32), 3, 0)[:MAX_MAPS]
    scales = np.maximum(np.abs(kernels).max(axis=(1, 2, 3), keepdims=True), np.finfo(np.float32).tiny)
    pixels: Pixels = np.rint(MIDDLE + MIDDLE * kernels / scales).astype(np.uint8)
    return [kernel[:, :, 0] if kernel.shape[2] == 1 else kernel for kernel in pixels]


def _as_pixels(values: npt.NDArray[np.float32]) -> Pixels:
    low = min(0.0, float(values.min()))
    span = float(values.max()) - low
    pixels = np.rint((values - low) * (255 / span)) if span > 0 else np.zeros_like(values)
    image = Image.fromarray(pixels.astype(np.uint8))
    image.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.BOX)
    return np.asarray(image)
