"""Networks by name with a few options: the table of presets, a file for each."""

from backend.spec.choices import Choices
from backend.spec.presets.base import PresetLayer, PresetOptions, PresetPart
from backend.spec.presets.strided_cnn import StridedCnn, StridedCnnOptions
from backend.spec.presets.vgg import Vgg, VggOptions

PRESETS: Choices[PresetPart] = Choices("preset", StridedCnn, Vgg)

__all__ = [
    "PRESETS",
    "PresetLayer",
    "PresetOptions",
    "PresetPart",
    "StridedCnn",
    "StridedCnnOptions",
    "Vgg",
    "VggOptions",
]
