"""A learning rate that follows half a cosine to its lowest share (Loshchilov and Hutter 2017, without restarts)."""

import math
from typing import Any, ClassVar, Literal

from pydantic import Field

from backend.spec.schedules.base import SchedulePart, WarmUp


def cosine_rate(epoch: int, learning_rate: float, epochs: int, warmup_epochs: int, alpha: float) -> float:
    """Follows half a cosine from the full rate after the warm-up to `alpha` of it in the last epoch."""
    if epoch <= warmup_epochs:
        return learning_rate * epoch / (warmup_epochs + 1)
    last = max(1, epochs - 1 - warmup_epochs)
    half = (1 + math.cos(math.pi * (epoch - 1 - warmup_epochs) / last)) / 2
    return learning_rate * (alpha + (1 - alpha) * half)


class Cosine(SchedulePart):
    name: Literal["cosine"] = "cosine"
    alpha: float = Field(0.0, title="Final fraction", description="of the learning rate, in the last epoch", ge=0, le=1)
    warmup_epochs: WarmUp = 0

    title: ClassVar[str] = "Cosine"
    rate = staticmethod(cosine_rate)

    def rate_arguments(self, epochs: int) -> dict[str, Any]:
        """Adds the number of epochs, over which the cosine is spread."""
        return {"epochs": epochs, **super().rate_arguments(epochs)}
