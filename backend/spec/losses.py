"""The table of losses. A new loss is one row: everything else is read from it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from backend.spec.part import Part


@dataclass(frozen=True)
class LossFunction:
    """`keras_class` is a class below `keras.losses`.

    `one_hot`: targets are one value a class, not the class's index. `smooths`: the class takes `label_smoothing`.
    """

    title: str
    keras_class: str
    one_hot: bool
    smooths: bool


LOSSES = {
    "sparse_categorical_crossentropy": LossFunction(
        "Sparse categorical cross-entropy", "SparseCategoricalCrossentropy", one_hot=False, smooths=False
    ),
    "categorical_crossentropy": LossFunction(
        "Categorical cross-entropy", "CategoricalCrossentropy", one_hot=True, smooths=True
    ),
}

if TYPE_CHECKING:
    LossName = str
else:
    LossName = Literal[tuple(LOSSES)]


class Loss(Part):
    name: LossName = Field("sparse_categorical_crossentropy", title="Loss")
    label_smoothing: float = Field(
        0.0, title="Label smoothing", description="categorical cross-entropy only", ge=0, lt=1
    )

    @property
    def keras_class(self) -> str:
        return LOSSES[self.name].keras_class

    @property
    def one_hot(self) -> bool:
        return LOSSES[self.name].one_hot

    def keras_arguments(self) -> dict[str, Any]:
        return {"label_smoothing": self.label_smoothing} if LOSSES[self.name].smooths else {}

    @model_validator(mode="after")
    def _smooth_only_where_the_loss_can(self) -> Self:
        if self.label_smoothing and not LOSSES[self.name].smooths:
            raise PydanticCustomError(
                "combination",
                "label_smoothing needs the loss {allowed}; you gave {value} with {name}",
                {
                    "key": "label_smoothing",
                    "allowed": " or ".join(name for name, loss in LOSSES.items() if loss.smooths),
                    "value": self.label_smoothing,
                    "name": self.name,
                },
            )
        return self
