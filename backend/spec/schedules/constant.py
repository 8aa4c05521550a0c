"""The same learning rate in each epoch after the warm-up."""

from typing import ClassVar, Literal

from backend.spec.schedules.base import SchedulePart, WarmUp


def constant_rate(epoch: int, learning_rate: float, warmup_epochs: int) -> float:
    """Rises evenly over the warm-up and then stays."""
    if epoch <= warmup_epochs:
        return learning_rate * epoch / (warmup_epochs + 1)
    return learning_rate


class Constant(SchedulePart):
    name: Literal["constant"] = "constant"
    warmup_epochs: WarmUp = 0

    title: ClassVar[str] = "Constant"
    rate = staticmethod(constant_rate)
