"""`RunSpec`: what a run trains, as section 4 of the contract defines it."""

from typing import Annotated, Any, Literal, Self

from pydantic import Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from backend.requests import Name
from backend.spec.augmentation import Augmentation
from backend.spec.backbones import BACKBONES, BackbonePart
from backend.spec.backbones.phases import FINE_TUNING_RATE, head_epochs
from backend.spec.callbacks import Callbacks
from backend.spec.data import DatasetSpec, Preprocessing
from backend.spec.losses import Loss
from backend.spec.model import ModelSpec
from backend.spec.optimizers import Adam, Optimizer
from backend.spec.part import MAX_EPOCHS, Part, chosen

Epochs = Annotated[int, Field(ge=1, le=MAX_EPOCHS)]
Precision = Literal["auto", "float32", "mixed_bfloat16", "mixed_float16"]
ClassWeight = Annotated[float, Field(ge=0, le=1_000_000)]
ClassWeights = Annotated[
    Annotated[Literal["balanced"], Tag("balanced")] | Annotated[dict[Name, ClassWeight], Tag("by class")],
    Discriminator(lambda value: "by class" if isinstance(value, dict) else "balanced"),
]


class Init(Part):
    """Starts from the best weights of another run, where shapes agree; the last layer is new where classes differ."""

    run: Name = Field(title="Run", description="its id", min_length=1)


class RunSpec(Part):
    """A whole run. `dataset.name` and `model` are required; everything else has Keras' own default."""

    dataset: DatasetSpec
    preprocessing: Preprocessing = Preprocessing()
    model: ModelSpec
    init: Init | None = Field(None, title="Initial weights")
    augmentation: Augmentation | None = Field(None, title="Augmentation")
    optimizer: Optimizer = Adam()
    loss: Loss = Loss()
    class_weights: ClassWeights | None = Field(
        None, title="Class weights", description="balanced: rare classes count as much as common ones"
    )
    batch_size: int = Field(32, title="Batch size", ge=1, le=65_536)
    epochs: Epochs = Field(15, title="Epochs")
    seed: int = Field(0, title="Seed", ge=0, le=2**31 - 1)
    precision: Precision = Field(
        "float32",
        title="Precision",
        description="of everything except the softmax and the loss; auto: decided when a worker claims the run",
    )
    callbacks: Callbacks = Callbacks()

    @model_validator(mode="after")
    def _only_one_sets_the_learning_rate(self) -> Self:
        if self.callbacks.reduce_lr is not None and self.optimizer.schedule is not None:
            raise PydanticCustomError(
                "combination",
                "a schedule and callbacks.reduce_lr would both set the learning rate; leave one of them out",
                {"key": "optimizer.schedule"},
            )
        return self

    @model_validator(mode="before")
    @classmethod
    def _scale_as_the_backbone(cls, values: Any) -> Any:
        """Fills in the scaling that a backbone was trained with."""
        model = values.get("model") if isinstance(values, dict) else None
        backbone = dict(BACKBONES).get(chosen(model, BACKBONES.key) or "")
        preprocessing = values.get("preprocessing", {}) if backbone else None
        if backbone is None or not isinstance(preprocessing, dict):
            return values
        return {**values, "preprocessing": {"scaling": backbone.scaling, **preprocessing}}

    @model_validator(mode="after")
    def _only_the_backbones_scaling(self) -> Self:
        model, scaling = self.model, self.preprocessing.scaling
        if isinstance(model, BackbonePart) and scaling != model.scaling:
            raise PydanticCustomError(
                "combination",
                f"{model.title} was trained with pixels scaled as {model.scaling}; you gave {scaling}",
                {"key": "preprocessing.scaling"},
            )
        return self

    def as_json(self) -> dict[str, Any]:
        """Returns the complete spec with defaults filled in, as the database and the API hold it."""
        return self.model_dump(mode="json", by_alias=True)

    def learning_rate_of(self, epoch: int, epochs: int | None = None) -> float:
        """Returns the learning rate of `epoch`, counted from 1, in a run of `epochs`, or of the spec's own number."""
        epochs = epochs or self.epochs
        rate = self.optimizer.learning_rate_of(epoch, epochs)
        fine_tunes = isinstance(self.model, BackbonePart) and epoch > self.head_epochs(epochs)
        return rate * FINE_TUNING_RATE if fine_tunes else rate

    def head_epochs(self, epochs: int | None = None) -> int:
        """Returns in how many of the first epochs only the head of a backbone is trained; 0 for other models."""
        if not isinstance(self.model, BackbonePart):
            return 0
        options = self.model.options
        return head_epochs(options.train, epochs or self.epochs, options.head_epochs)
