"""`ConvNeXtTiny`: convolutions of 7 × 7 for each channel, after transformers (Liu et al. 2022)."""

from typing import ClassVar, Literal

from backend.spec.backbones.keras_application import KerasApplication
from backend.spec.data import Scaling


class ConvNeXtTiny(KerasApplication):
    backbone: Literal["ConvNeXtTiny"]

    title: ClassVar[str] = "ConvNeXtTiny"
    scaling: ClassVar[Scaling] = "unit"
    normalizes: ClassVar[bool] = True
    last_blocks: ClassVar[str] = "the last 3 of 18 blocks, of 768 filters"
    license: ClassVar[str] = "MIT"
    parameters: ClassVar[int] = 27_820_128
    speed_share: ClassVar[float] = 0.95
    folder: ClassVar[str] = "convnext"
    file: ClassVar[str] = "convnext_tiny_notop.h5"
    digest: ClassVar[str] = "d547c096cabd03329d7be5562c5e14798aa39ed24b474157cef5e85ab9e49ef1"
    bytes: ClassVar[int] = 111_650_432
