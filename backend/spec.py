"""`RunSpec`: what a run trains. The one place where its fields, limits and defaults are written.

The shape is that of the contract's section 4. Fields whose feature is not built yet are here with the one value
that works, so that a complete spec is accepted and anything else is refused in words.
"""

import json
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

Monitor = Literal["loss", "accuracy", "val_loss", "val_accuracy", "val_macro_f1"]
MAX_EPOCHS = 10_000


def only(allowed: object, feature: str) -> BeforeValidator:
    """Accept `allowed` alone, and say of anything else that `feature` is not built yet."""

    def check(value: object) -> object:
        if value != allowed:
            given, shown = (json.dumps(one, default=str) for one in (value, allowed))
            raise ValueError(f"{feature} is not built yet: you gave {given}, allowed is {shown}")
        return value

    return BeforeValidator(check)


class Part(BaseModel):
    """A part of a spec: unknown fields are refused, and numbers don't come as text."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class Validation(Part):
    from_: Annotated[
        Literal["test"], only("test", "validation from anything but the test split"), Field(alias="from")
    ] = "test"

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True, serialize_by_alias=True)


class DatasetSpec(Part):
    name: str = Field(title="Dataset", min_length=1, max_length=64)
    train_limit: int | None = Field(
        None, title="Training images", description="the first N; empty: all", ge=1, le=10_000_000
    )
    test_limit: int | None = Field(
        None, title="Validation images", description="the first N; empty: all", ge=1, le=10_000_000
    )
    validation: Validation = Validation()


class Preprocessing(Part):
    scaling: Annotated[Literal["unit"], only("unit", "another scaling than 'unit'")] = "unit"


class StridedCnnOptions(Part):
    """The options of preset `strided_cnn`: convolutions that halve the image, then dense layers."""

    filters: list[Annotated[int, Field(ge=1, le=2048)]] = Field(
        [32, 64, 128],
        title="Filters",
        description="one 3×3 convolution with strides 2 each",
        min_length=1,
        max_length=8,
    )
    padding: Literal["valid", "same"] = Field("valid", title="Padding", description="at the edges of each convolution")
    dense_units: list[Annotated[int, Field(ge=1, le=8192)]] = Field(
        [512], title="Dense units", description="hidden layers before the softmax", max_length=4
    )


class ModelSpec(Part):
    preset: Literal["strided_cnn"] = Field(title="Model")
    options: StridedCnnOptions = StridedCnnOptions()


class Adam(Part):
    name: Literal["adam"] = "adam"
    learning_rate: float = Field(0.001, title="Learning rate", gt=0, le=10)
    beta_1: float = Field(0.9, title="Beta 1", description="decay of the first moment", ge=0, lt=1)
    beta_2: float = Field(0.999, title="Beta 2", description="decay of the second moment", ge=0, lt=1)
    epsilon: float = Field(1e-7, title="Epsilon", gt=0, le=1)
    schedule: Annotated[None, only(None, "a learning-rate schedule")] = None


class Loss(Part):
    name: Annotated[
        Literal["sparse_categorical_crossentropy"],
        only("sparse_categorical_crossentropy", "another loss than sparse_categorical_crossentropy"),
    ] = "sparse_categorical_crossentropy"
    label_smoothing: Annotated[float, only(0.0, "label smoothing")] = 0.0


class Checkpoint(Part):
    monitor: Monitor = Field("val_loss", title="Best epoch by")
    every: Annotated[None, only(None, "keeping each n-th epoch")] = None


class Callbacks(Part):
    checkpoint: Checkpoint = Checkpoint()
    early_stopping: Annotated[None, only(None, "early stopping")] = None
    reduce_lr: Annotated[None, only(None, "reducing the learning rate on a plateau")] = None
    terminate_on_nan: bool = Field(True, title="End when the loss is not a number")


class RunSpec(Part):
    """A whole run. `dataset.name` and `model` are required, everything else has Keras' own default."""

    dataset: DatasetSpec
    preprocessing: Preprocessing = Preprocessing()
    model: ModelSpec
    init: Annotated[None, only(None, "starting from another run's weights")] = None
    augmentation: Annotated[None, only(None, "augmentation")] = None
    optimizer: Adam = Adam()
    loss: Loss = Loss()
    class_weights: Annotated[None, only(None, "weighting classes")] = None
    batch_size: int = Field(32, title="Batch size", ge=1, le=65_536)
    epochs: int = Field(15, title="Epochs", ge=1, le=MAX_EPOCHS)
    seed: int = Field(0, title="Seed", ge=0, le=2**31 - 1)
    precision: Annotated[Literal["float32"], only("float32", "another precision than float32")] = "float32"
    callbacks: Callbacks = Callbacks()

    def as_json(self) -> dict[str, Any]:
        """The complete spec, defaults filled in, as it is kept and shown."""
        return self.model_dump(mode="json", by_alias=True)
