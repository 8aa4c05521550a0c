"""Networks that have seen ImageNet, by name with a few options: the table of backbones, a file for each."""

from backend.spec.backbones.base import BackboneOptions, BackbonePart
from backend.spec.backbones.convnext_tiny import ConvNeXtTiny
from backend.spec.backbones.densenet121 import DenseNet121
from backend.spec.backbones.efficientnet_lite0 import EfficientNetLite0
from backend.spec.backbones.efficientnet_v2_b0 import EfficientNetV2B0
from backend.spec.backbones.keras_application import KerasApplication
from backend.spec.backbones.mobilenet_v3_small import MobileNetV3Small
from backend.spec.backbones.resnet50_v2 import ResNet50V2
from backend.spec.choices import Choices

BACKBONES: Choices[BackbonePart] = Choices(
    "backbone",
    EfficientNetLite0,
    MobileNetV3Small,
    EfficientNetV2B0,
    ResNet50V2,
    ConvNeXtTiny,
    DenseNet121,
)

__all__ = ["BACKBONES", "BackboneOptions", "BackbonePart", "EfficientNetLite0", "KerasApplication"]
