"""Networks that have seen ImageNet, by name with a few options: the table of backbones, a file for each."""

from backend.spec.backbones.base import BackboneOptions, BackbonePart
from backend.spec.backbones.efficientnet_lite0 import EfficientNetLite0
from backend.spec.choices import Choices

BACKBONES: Choices[BackbonePart] = Choices("backbone", EfficientNetLite0)

__all__ = ["BACKBONES", "BackboneOptions", "BackbonePart", "EfficientNetLite0"]
