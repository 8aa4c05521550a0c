"""AdamW: Adam with decoupled weight decay (Loshchilov and Hutter 2019)."""

from typing import Any, ClassVar, Literal

from pydantic import Field

from backend.spec.optimizers.adam import AdamLike


class AdamW(AdamLike):
    name: Literal["adamw"] = "adamw"
    weight_decay: float | None = Field(0.004, title="Weight decay", ge=0, le=1)

    title: ClassVar[str] = "AdamW"
    keras_class: ClassVar[str] = "AdamW"

    def keras_arguments(self) -> dict[str, Any]:
        """Gives 0 for no weight decay: Keras' AdamW refuses None."""
        return {**super().keras_arguments(), "weight_decay": self.weight_decay or 0.0}
