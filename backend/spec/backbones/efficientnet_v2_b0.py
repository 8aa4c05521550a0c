"""`EfficientNetV2B0`: fused convolutions first, then inverted residual blocks (Tan and Le 2021)."""

from typing import ClassVar, Literal

from backend.spec.backbones.keras_application import KerasApplication
from backend.spec.data import Scaling


class EfficientNetV2B0(KerasApplication):
    backbone: Literal["EfficientNetV2B0"]

    title: ClassVar[str] = "EfficientNetV2B0"
    scaling: ClassVar[Scaling] = "unit"
    normalizes: ClassVar[bool] = True
    last_blocks: ClassVar[str] = "the last 8 of 21 blocks, of 192 filters"
    license: ClassVar[str] = "Apache 2.0"
    parameters: ClassVar[int] = 5_919_312
    speed_share: ClassVar[float] = 0.75
    folder: ClassVar[str] = "efficientnet_v2"
    file: ClassVar[str] = "efficientnetv2-b0_notop.h5"
    digest: ClassVar[str] = "893217f2bb855e2983157299931e43ff"
    bytes: ClassVar[int] = 24_274_472
