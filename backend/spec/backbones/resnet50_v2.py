"""`ResNet50V2`: 50 layers of residual blocks, normalized before each convolution (He et al. 2016)."""

from typing import ClassVar, Literal

from backend.spec.backbones.keras_application import KerasApplication
from backend.spec.data import Scaling


class ResNet50V2(KerasApplication):
    backbone: Literal["ResNet50V2"]

    title: ClassVar[str] = "ResNet50V2"
    scaling: ClassVar[Scaling] = "signed"
    last_blocks: ClassVar[str] = "the last 3 of 16 blocks, of 2,048 filters"
    license: ClassVar[str] = "BSD"
    parameters: ClassVar[int] = 23_564_800
    speed_share: ClassVar[float] = 1.2
    folder: ClassVar[str] = "resnet"
    file: ClassVar[str] = "resnet50v2_weights_tf_dim_ordering_tf_kernels_notop.h5"
    digest: ClassVar[str] = "fac2f116257151a9d068a22e544a4917"
    bytes: ClassVar[int] = 94_668_760
