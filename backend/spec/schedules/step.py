"""A learning rate that falls by a factor every few epochs."""

from typing import ClassVar, Literal

from pydantic import Field

from backend.spec.part import MAX_EPOCHS
from backend.spec.schedules.base import SchedulePart, WarmUp


def step_rate(epoch: int, learning_rate: float, warmup_epochs: int, every: int, factor: float) -> float:
    """Multiplies the rate by `factor` after each `every` epochs; the steps count from the end of the warm-up."""
    if epoch <= warmup_epochs:
        return learning_rate * epoch / (warmup_epochs + 1)
    return learning_rate * factor ** ((epoch - 1 - warmup_epochs) // every)


class Step(SchedulePart):
    name: Literal["step"] = "step"
    every: int = Field(10, title="Every", description="epochs between two steps", ge=1, le=MAX_EPOCHS)
    factor: float = Field(0.5, title="Factor", description="multiplies the learning rate at each step", gt=0, lt=1)
    warmup_epochs: WarmUp = 0

    title: ClassVar[str] = "Steps"
    rate = staticmethod(step_rate)
