"""A backbone as a plan: resized pixels in three channels, the backbone, and the layers that are put after it."""

from collections.abc import Mapping, Sequence

from backend.network.backbones import (
    convnext_tiny,
    densenet121,
    efficientnet_lite0,
    efficientnet_v2_b0,
    mobilenet_v3_small,
    resnet50_v2,
)
from backend.network.backbones.trunk import Architecture, Trunk
from backend.network.plan import Plan
from backend.spec.backbones import BackbonePart

CHANNELS = 3
IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_DEVIATION = (0.229, 0.224, 0.225)
"""Of each channel of ImageNet's photos, for pixels from 0 to 1."""

ARCHITECTURES: Mapping[str, Architecture] = {
    "efficientnet_lite0": efficientnet_lite0.ARCHITECTURE,
    "MobileNetV3Small": mobilenet_v3_small.ARCHITECTURE,
    "EfficientNetV2B0": efficientnet_v2_b0.ARCHITECTURE,
    "ResNet50V2": resnet50_v2.ARCHITECTURE,
    "ConvNeXtTiny": convnext_tiny.ARCHITECTURE,
    "DenseNet121": densenet121.ARCHITECTURE,
}


def plan(model: BackbonePart, image_shape: Sequence[int], classes: int) -> Plan:
    """Returns the plan of a backbone for images of (height, width, channels), with a softmax over `classes`."""
    trunk = Trunk(model.backbone)
    _add_pixels(trunk, model, image_shape)
    _add_backbone(trunk, model)
    _add_head(trunk, model, classes)
    return trunk.plan()


def _add_pixels(trunk: Trunk, model: BackbonePart, image_shape: Sequence[int]) -> None:
    """Resizes images that have another size, repeats grey ones over three channels, and normalizes the channels."""
    side = model.options.input_size
    if tuple(image_shape[:2]) != (side, side):
        trunk.add("Resizing", "resizing", height=side, width=side)
    if image_shape[2] != CHANNELS:
        grey = trunk.last
        trunk.add("Concatenate", "grey_to_rgb", *[grey] * CHANNELS)
    if model.normalizes:
        _add_normalization(trunk)


def _add_normalization(trunk: Trunk) -> None:
    """Adds (pixels − mean) / deviation. Keras' own `Normalization` would make the constants inputs of an ONNX model."""
    channels = list(zip(IMAGENET_MEAN, IMAGENET_DEVIATION, strict=True))
    scale, offset = [1 / deviation for _, deviation in channels], [-mean / deviation for mean, deviation in channels]
    trunk.add("Rescaling", "imagenet_normalization", scale=scale, offset=offset)


def _add_backbone(trunk: Trunk, model: BackbonePart) -> None:
    architecture = ARCHITECTURES[model.backbone]
    trained = {"head": 0, "last_blocks": architecture.last_blocks, "all": len(architecture.parts)}[model.options.train]
    for number, add in enumerate(architecture.parts):
        trunk.is_frozen = number < len(architecture.parts) - trained
        add(trunk)
    trunk.is_frozen = False


def _add_head(trunk: Trunk, model: BackbonePart, classes: int) -> None:
    options = model.options
    for units in options.dense_units:
        trunk.add("Dense", None, units=units, activation="relu")
    if options.dropout:
        trunk.add("Dropout", None, rate=options.dropout)
    trunk.add("Dense", None, units=classes, activation="softmax")
