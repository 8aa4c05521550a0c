"""Stochastic gradient descent, with momentum."""

from typing import ClassVar, Literal

from pydantic import Field

from backend.spec.optimizers.base import OptimizerPart


class Sgd(OptimizerPart):
    name: Literal["sgd"] = "sgd"
    learning_rate: float = Field(0.01, title="Learning rate", gt=0, le=10)
    momentum: float = Field(0.0, title="Momentum", ge=0, lt=1)
    nesterov: bool = Field(False, title="Nesterov momentum")

    title: ClassVar[str] = "SGD"
    keras_class: ClassVar[str] = "SGD"
