"""`RunSpec`: what a run trains, as the contract's section 4 has it."""

from typing import Annotated, Any, Literal, Self

from pydantic import Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from backend.spec.augmentation import Augmentation
from backend.spec.callbacks import Callbacks
from backend.spec.data import DatasetSpec, Preprocessing
from backend.spec.model import ModelSpec
from backend.spec.optimizer import Adam, Optimizer
from backend.spec.part import Part

MAX_EPOCHS = 10_000
Epochs = Annotated[int, Field(ge=1, le=MAX_EPOCHS)]
Precision = Literal["float32", "mixed_bfloat16", "mixed_float16"]
ClassWeight = Annotated[float, Field(ge=0, le=1_000_000)]
ClassWeights = Annotated[
    Annotated[Literal["balanced"], Tag("balanced")] | Annotated[dict[str, ClassWeight], Tag("by class")],
    Discriminator(lambda value: "by class" if isinstance(value, dict) else "balanced"),
]


class Loss(Part):
    name: Literal["sparse_categorical_crossentropy", "categorical_crossentropy"] = Field(
        "sparse_categorical_crossentropy", title="Loss"
    )
    label_smoothing: float = Field(
        0.0, title="Label smoothing", description="categorical cross-entropy only", ge=0, lt=1
    )

    @model_validator(mode="after")
    def _smoothing_needs_one_hot(self) -> Self:
        if self.label_smoothing and self.name != "categorical_crossentropy":
            raise PydanticCustomError(
                "combination",
                "label_smoothing needs the loss categorical_crossentropy; you gave {given} with {name}",
                {"key": "label_smoothing", "given": self.label_smoothing, "name": self.name},
            )
        return self


class Init(Part):
    """Begin with the best weights of another run, where shapes agree; the last layer is new where classes differ."""

    run: str = Field(title="Run", description="its id", min_length=1, max_length=100)


class RunSpec(Part):
    """A whole run. `dataset.name` and `model` are required, everything else has Keras' own default."""

    dataset: DatasetSpec
    preprocessing: Preprocessing = Preprocessing()
    model: ModelSpec
    init: Init | None = Field(None, title="Begin with another run's weights")
    augmentation: Augmentation | None = Field(None, title="Augmentation")
    optimizer: Optimizer = Adam()
    loss: Loss = Loss()
    class_weights: ClassWeights | None = Field(
        None, title="Class weights", description="balanced: rare classes count as much as common ones"
    )
    batch_size: int = Field(32, title="Batch size", ge=1, le=65_536)
    epochs: Epochs = Field(15, title="Epochs")
    seed: int = Field(0, title="Seed", ge=0, le=2**31 - 1)
    precision: Precision = Field("float32", title="Precision", description="of all but the softmax and the loss")
    callbacks: Callbacks = Callbacks()

    @model_validator(mode="after")
    def _one_hand_on_the_learning_rate(self) -> Self:
        if self.callbacks.reduce_lr is not None and self.optimizer.schedule is not None:
            raise PydanticCustomError(
                "combination",
                "a schedule and callbacks.reduce_lr would both set the learning rate; leave one of them out",
                {"key": "optimizer.schedule"},
            )
        return self

    def as_json(self) -> dict[str, Any]:
        """The complete spec, defaults filled in, as it is kept and shown."""
        return self.model_dump(mode="json", by_alias=True)
