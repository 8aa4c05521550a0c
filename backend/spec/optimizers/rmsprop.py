"""RMSprop."""

from typing import ClassVar, Literal

from pydantic import Field

from backend.spec.optimizers.base import OptimizerPart


class RmsProp(OptimizerPart):
    name: Literal["rmsprop"] = "rmsprop"
    rho: float = Field(0.9, title="Rho", description="decay of the squared gradients", ge=0, lt=1)
    momentum: float = Field(0.0, title="Momentum", ge=0, lt=1)
    epsilon: float = Field(1e-7, title="Epsilon", gt=0, le=1)
    centered: bool = Field(False, title="Centered")

    title: ClassVar[str] = "RMSprop"
    keras_class: ClassVar[str] = "RMSprop"
