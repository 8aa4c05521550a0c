"""What all optimizers have in common, by Keras' own names."""

from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from backend.spec.part import Part
from backend.spec.schedules import Schedule


class OptimizerPart(Part):
    """`keras_class` is the class below `keras.optimizers`; its constructor takes `keras_arguments()`."""

    if TYPE_CHECKING:  # each optimizer declares it after the fields that all have
        name: str
    learning_rate: float = Field(0.001, title="Learning rate", gt=0, le=10)
    weight_decay: float | None = Field(None, title="Weight decay", description="empty for none", ge=0, le=1)
    clipnorm: float | None = Field(
        None,
        title="Gradient clipping",
        description="maximum norm of each variable's gradient; empty for none",
        gt=0,
        le=1_000,
    )
    schedule: Schedule | None = Field(None, title="Schedule")

    title: ClassVar[str]
    keras_class: ClassVar[str]

    def keras_arguments(self) -> dict[str, Any]:
        return self.model_dump(exclude={"name", "schedule"})

    @property
    def is_fused(self) -> bool:
        """Whether a variable is updated in one operation instead of Keras' own, which are several."""
        return False

    def learning_rate_of(self, epoch: int, epochs: int) -> float:
        """Returns the learning rate of `epoch`, counted from 1, in a run of `epochs`."""
        if self.schedule is None:
            return self.learning_rate
        return self.schedule.rate(epoch, self.learning_rate, **self.schedule.rate_arguments(epochs))
