"""What the layers of a network see: its filters, and the feature maps of one image."""

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
from PIL import Image

Pixels = npt.NDArray[np.uint8]

CONVOLUTIONS = (
    keras.layers.Conv2D,
    keras.layers.Conv2DTranspose,
    keras.layers.DepthwiseConv2D,
    keras.layers.SeparableConv2D,
)
MAX_MAPS = 64  # more are not told apart on a page
MAX_SIDE = 112  # pixels of a map: what the page shows of it
MIDDLE = 127.5  # the grey that stands for a weight of 0


@dataclass
class Graph:
    """A network from its input to the scores before its softmax, with the layers' weights shared.

    `outputs` has each layer with its output, in the order of the calls. The outputs that the layers of a model have
    themselves may be those of an earlier call, which lead to no score.
    """

    input: keras.KerasTensor
    scores: keras.KerasTensor
    outputs: list[tuple[Any, keras.KerasTensor]]

    @property
    def convolutions(self) -> list[tuple[Any, keras.KerasTensor]]:
        """The layers that are convolutions or models with one, whose output is one image of several channels."""
        return [(layer, output) for layer, output in self.outputs if _is_convolution(layer, output)]


def graph(model: keras.Model) -> Graph:
    """Returns the graph of a model with one input and one output."""
    calls: list[tuple[Any, Any, Any]] = []

    def call(layer: Any, *args: Any, **kwargs: Any) -> Any:
        output = layer(*args, **kwargs)
        calls.append((layer, args[0], output))
        return output

    if isinstance(model, keras.Sequential):
        inputs = output = keras.Input(batch_shape=model.input_shape)
        for layer in model.layers:
            output = call(layer, output)
    else:
        copy = keras.models.clone_model(model, clone_function=lambda layer: layer, call_function=call)
        inputs = copy.inputs[0]
    last, last_input, probabilities = calls[-1]
    outputs = [(layer, output) for layer, _, output in calls]
    return Graph(inputs, _before_softmax(last, last_input, probabilities), outputs)


def _before_softmax(last: Any, last_input: Any, probabilities: Any) -> Any:
    """Returns the input of the softmax: its gradient stays large where a probability is nearly 1."""
    if isinstance(last, keras.layers.Softmax):
        return last_input
    if getattr(last, "activation", None) is not keras.activations.softmax:
        return keras.ops.log(probabilities)
    if isinstance(last, keras.layers.Activation):
        return last_input
    linear = type(last).from_config({**last.get_config(), "activation": "linear", "name": f"{last.name}_scores"})
    scores = linear(last_input)
    linear.set_weights(last.get_weights())
    return scores


def feature_maps(
    network: Graph, output: keras.KerasTensor, image: npt.NDArray[np.float32]
) -> list[tuple[int, float, Pixels]]:
    """Returns channel, strongest response and map (h, w) of one scaled image (1, H, W, C), the strongest first.

    There are at most MAX_MAPS. Each map goes from black, its smallest value or 0, to white, its largest.
    """
    maps = np.asarray(keras.Model(network.input, output)(image, training=False), np.float32)[0]
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


def _is_convolution(layer: Any, output: Any) -> bool:
    return len(getattr(output, "shape", ())) == 4 and _has_convolution(layer)


def _has_convolution(layer: Any) -> bool:
    if isinstance(layer, keras.Model):
        return any(map(_has_convolution, layer.layers))
    return isinstance(layer, CONVOLUTIONS)


def _as_pixels(values: npt.NDArray[np.float32]) -> Pixels:
    low = min(0.0, float(values.min()))
    span = float(values.max()) - low
    pixels = np.rint((values - low) * (255 / span)) if span > 0 else np.zeros_like(values)
    image = Image.fromarray(pixels.astype(np.uint8))
    image.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.BOX)
    return np.asarray(image)
