"""Features are kept by all that the backbone computes, so that another program does not take those of an older one."""

import keras
import numpy as np

from worker.training.backbones.head import backbone_hash


def network(
    interpolation: str = "bilinear", classes: int = 3, weight: float = 0.5, is_frozen: bool = True
) -> keras.Model:
    pixels = keras.Input((4, 4, 3), name="pixels")
    resized = keras.layers.Resizing(2, 2, interpolation, name="resizing")(pixels, training=False)
    layer = keras.layers.Conv2D(2, 1, use_bias=False, name="convolution", trainable=not is_frozen)
    features = keras.layers.GlobalAveragePooling2D(name="features")(layer(resized))
    layer.set_weights([np.full((1, 1, 3, 2), weight, np.float32)])
    return keras.Model(pixels, keras.layers.Dense(classes, "softmax")(features))


def test_it_depends_on_the_layers_and_weights_before_the_features_alone() -> None:
    expected = backbone_hash(network())

    assert backbone_hash(network(classes=5)) == expected
    assert backbone_hash(network(is_frozen=False)) == expected, "the head of such a run is trained on the same features"
    assert backbone_hash(network("nearest")) != expected
    assert backbone_hash(network(weight=0.25)) != expected
