"""A learning rate that falls by the same factor after each epoch."""

from typing import ClassVar, Literal

from pydantic import Field

from backend.spec.schedules.base import SchedulePart, WarmUp


def exponential_rate(epoch: int, learning_rate: float, warmup_epochs: int, decay_rate: float) -> float:
    """Multiplies the rate by `decay_rate` after each epoch that follows the warm-up."""
    if epoch <= warmup_epochs:
        return learning_rate * epoch / (warmup_epochs + 1)
    return learning_rate * decay_rate ** (epoch - 1 - warmup_epochs)


class Exponential(SchedulePart):
    name: Literal["exponential"] = "exponential"
    decay_rate: float = Field(0.95, title="Decay", description="multiplies the learning rate in each epoch", gt=0, lt=1)
    warmup_epochs: WarmUp = 0

    title: ClassVar[str] = "Exponential"
    rate = staticmethod(exponential_rate)
