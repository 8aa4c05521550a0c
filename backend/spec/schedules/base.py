"""What all learning-rate schedules have in common."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import Field

from backend.spec.part import Part

WarmUp = Annotated[
    int, Field(title="Warm-up epochs", description="the learning rate rises linearly to its full value", ge=0, le=1_000)
]


class SchedulePart(Part):
    """A schedule gives one learning rate for each epoch, so that a resumed run needs no memory of it.

    `rate(epoch, learning_rate, **rate_arguments(epochs))` returns the rate of `epoch`, counted from 1, where
    `learning_rate` is the optimizer's. The function stands at the top of its module and uses only the standard library,
    because train.py takes it as it is.
    """

    name: str
    if TYPE_CHECKING:  # each schedule declares it after its own fields, as the form shows it
        warmup_epochs: int

    title: ClassVar[str]
    rate: ClassVar[Callable[..., float]]

    def rate_arguments(self, epochs: int) -> dict[str, Any]:  # noqa: ARG002 - a schedule may depend on it
        """Returns what `rate` takes by name in a run of `epochs`: the schedule's own settings."""
        return self.model_dump(exclude={"name"})
