"""The graph of a network, from its input to the scores before its softmax."""

from dataclasses import dataclass
from typing import Any

import keras

CONVOLUTIONS = (
    keras.layers.Conv2D,
    keras.layers.Conv2DTranspose,
    keras.layers.DepthwiseConv2D,
    keras.layers.SeparableConv2D,
)


class NoConvolution(Exception):
    """The network has no convolution, so it has neither feature maps nor Grad-CAM."""


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
        """The layers that are convolutions or models with one, at least one, with their outputs (1, h, w, channels).

        Raises:
            NoConvolution: There is none.
        """
        found = [(layer, output) for layer, output in self.outputs if _is_convolution(layer, output)]
        if not found:
            raise NoConvolution
        return found


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


def _is_convolution(layer: Any, output: Any) -> bool:
    return len(getattr(output, "shape", ())) == 4 and _has_convolution(layer)


def _has_convolution(layer: Any) -> bool:
    if isinstance(layer, keras.Model):
        return any(map(_has_convolution, layer.layers))
    return isinstance(layer, CONVOLUTIONS)
