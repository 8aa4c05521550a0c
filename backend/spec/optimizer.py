"""Optimizers with Keras' own arguments and defaults, and how the learning rate goes over the epochs."""

from typing import Annotated, Literal

from pydantic import Field, Tag

from backend.spec.part import Part, choose

WarmUp = Annotated[
    int, Field(title="Warm-up epochs", description="the rate rises evenly to its full value", ge=0, le=1_000)
]


class Constant(Part):
    name: Literal["constant"] = "constant"
    warmup_epochs: WarmUp = 0


class Step(Part):
    name: Literal["step"] = "step"
    every: int = Field(10, title="Every", description="epochs between two steps", ge=1, le=10_000)
    factor: float = Field(0.5, title="Factor", description="the rate is multiplied by it", gt=0, lt=1)
    warmup_epochs: WarmUp = 0


class Cosine(Part):
    name: Literal["cosine"] = "cosine"
    alpha: float = Field(0.0, title="Lowest share", description="of the rate, reached in the last epoch", ge=0, le=1)
    warmup_epochs: WarmUp = 0


class Exponential(Part):
    name: Literal["exponential"] = "exponential"
    decay_rate: float = Field(0.95, title="Decay", description="the rate is multiplied by it each epoch", gt=0, lt=1)
    warmup_epochs: WarmUp = 0


Schedule = Annotated[
    Annotated[Constant, Tag("constant")]
    | Annotated[Step, Tag("step")]
    | Annotated[Cosine, Tag("cosine")]
    | Annotated[Exponential, Tag("exponential")],
    choose("name", "constant", "step", "cosine", "exponential"),
]


class _Optimizer(Part):
    learning_rate: float = Field(0.001, title="Learning rate", gt=0, le=10)
    weight_decay: float | None = Field(None, title="Weight decay", description="empty: none", ge=0, le=1)
    clipnorm: float | None = Field(
        None, title="Clip gradients", description="to this norm, each variable's; empty: not", gt=0, le=1_000
    )
    schedule: Schedule | None = Field(None, title="Schedule")


class _AdamLike(_Optimizer):
    beta_1: float = Field(0.9, title="Beta 1", description="decay of the first moment", ge=0, lt=1)
    beta_2: float = Field(0.999, title="Beta 2", description="decay of the second moment", ge=0, lt=1)
    epsilon: float = Field(1e-7, title="Epsilon", gt=0, le=1)
    amsgrad: bool = Field(False, title="AMSGrad")


class Adam(_AdamLike):
    name: Literal["adam"] = "adam"


class AdamW(_AdamLike):
    name: Literal["adamw"] = "adamw"
    weight_decay: float | None = Field(0.004, title="Weight decay", ge=0, le=1)


class Sgd(_Optimizer):
    name: Literal["sgd"] = "sgd"
    learning_rate: float = Field(0.01, title="Learning rate", gt=0, le=10)
    momentum: float = Field(0.0, title="Momentum", ge=0, lt=1)
    nesterov: bool = Field(False, title="Nesterov momentum")


class RmsProp(_Optimizer):
    name: Literal["rmsprop"] = "rmsprop"
    rho: float = Field(0.9, title="Rho", description="decay of the squared gradients", ge=0, lt=1)
    momentum: float = Field(0.0, title="Momentum", ge=0, lt=1)
    epsilon: float = Field(1e-7, title="Epsilon", gt=0, le=1)
    centered: bool = Field(False, title="Centered")


Optimizer = Annotated[
    Annotated[Adam, Tag("adam")]
    | Annotated[AdamW, Tag("adamw")]
    | Annotated[Sgd, Tag("sgd")]
    | Annotated[RmsProp, Tag("rmsprop")],
    choose("name", "adam", "adamw", "sgd", "rmsprop", default="adam"),
]
