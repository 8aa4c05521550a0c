"""`DenseNet121`: each layer sees the outputs of all before it in its block (Huang et al. 2017)."""

from typing import ClassVar, Literal

from backend.spec.backbones.keras_application import KerasApplication
from backend.spec.data import Scaling


class DenseNet121(KerasApplication):
    backbone: Literal["DenseNet121"]

    title: ClassVar[str] = "DenseNet121"
    scaling: ClassVar[Scaling] = "unit"
    normalizes: ClassVar[bool] = True
    last_blocks: ClassVar[str] = "the last 16 of 58 blocks, at the lowest resolution"
    license: ClassVar[str] = "BSD 3-Clause"
    parameters: ClassVar[int] = 7_037_504
    speed_share: ClassVar[float] = 1.0
    folder: ClassVar[str] = "densenet"
    file: ClassVar[str] = "densenet121_weights_tf_dim_ordering_tf_kernels_notop.h5"
    digest: ClassVar[str] = "30ee3e1110167f948a6b9946edeeb738"
    bytes: ClassVar[int] = 29_084_464
