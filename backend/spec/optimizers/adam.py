"""Adam (Kingma and Ba 2015), and what its relatives share with it."""

from typing import ClassVar, Literal

from pydantic import Field

from backend.spec.optimizers.base import OptimizerPart


class AdamLike(OptimizerPart):
    beta_1: float = Field(0.9, title="Beta 1", description="decay of the first moment", ge=0, lt=1)
    beta_2: float = Field(0.999, title="Beta 2", description="decay of the second moment", ge=0, lt=1)
    epsilon: float = Field(1e-7, title="Epsilon", gt=0, le=1)
    amsgrad: bool = Field(False, title="AMSGrad")

    @property
    def is_fused(self) -> bool:
        return not self.amsgrad


class Adam(AdamLike):
    name: Literal["adam"] = "adam"

    title: ClassVar[str] = "Adam"
    keras_class: ClassVar[str] = "Adam"
