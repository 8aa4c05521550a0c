"""`MobileNetV3Small`: for phones, with squeeze-and-excite (Howard et al. 2019)."""

from typing import ClassVar, Literal

from backend.spec.backbones.keras_application import KerasApplication
from backend.spec.data import Scaling


class MobileNetV3Small(KerasApplication):
    backbone: Literal["MobileNetV3Small"]

    title: ClassVar[str] = "MobileNetV3Small"
    scaling: ClassVar[Scaling] = "signed"
    last_blocks: ClassVar[str] = "the last 3 of 11 blocks, of 96 filters"
    license: ClassVar[str] = "Apache 2.0"
    parameters: ClassVar[int] = 939_120
    speed_share: ClassVar[float] = 0.2
    folder: ClassVar[str] = "mobilenet_v3"
    file: ClassVar[str] = "weights_mobilenet_v3_small_224_1.0_float_no_top_v2.h5"
    digest: ClassVar[str] = "d3e8ec802a04aa4fc771ee12a9a9b836"
    bytes: ClassVar[int] = 4_334_752
