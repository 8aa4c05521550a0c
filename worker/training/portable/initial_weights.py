"""Which layers of a model can begin with the weights of another model."""

import keras


def matching_layers(model: keras.Model, source: keras.Model) -> list[tuple[keras.Layer, keras.Layer]]:
    """Returns pairs of layers with weights, in their order, whatever their names.

    The last layer is left out if the models have different classes.
    """
    pairs = list(zip(layers_with_weights(model), layers_with_weights(source), strict=True))
    return pairs if model.output_shape == source.output_shape else pairs[:-1]


def layers_with_weights(model: keras.Model) -> list[keras.Layer]:
    """Returns the layers that have weights."""
    return [layer for layer in model.layers if layer.weights]
