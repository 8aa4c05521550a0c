"""The JSON of `POST /api/specs/check`."""

from typing import Any

from pydantic import BaseModel, ConfigDict

from backend.spec import Precision


class Suggestion(BaseModel):
    """A change that a form may offer: values by their dotted paths in the spec."""

    title: str
    changes: dict[str, Any]


class Notice(BaseModel):
    """A sentence about one place of the spec: `loc` holds keys and indexes from the spec's root."""

    loc: list[str | int]
    msg: str
    suggestion: Suggestion | None = None


class LayerRead(BaseModel):
    """One layer: `type` is its Keras class, `config` its arguments, `output_shape` is without the batch."""

    name: str
    type: str
    output_shape: list[int]
    parameters: int
    config: dict[str, Any] = {}


class SpecCheck(BaseModel):
    """Null stands for what can't be known: of an impossible network, or of a dataset that is not there yet.

    `memory_bytes` is what training takes for weights, gradients, optimizer, one batch and the training images.
    `batches_per_epoch` and `train_images` are without the validation part. `learning_rates` has one rate an epoch, at
    most 200 evenly chosen. `layers_before_error` are those of an impossible stack that can be built.
    `seconds_per_epoch` was measured where `seconds_per_epoch_range` is null: in finished runs with the same data,
    batches and layers on the same kind of device, or with another version of the data, by its number of images. Else it
    is an estimate, and the range is [least, most].
    `start_seconds` are those of a run beside its epochs and features: until the first step, and after the last epoch.
    `feature_seconds` are those of a frozen backbone's features that are not kept from an earlier run, and the same
    holds for their range; 0 where none are needed. `precision` is the spec's, or what `auto` will probably become: the
    worker that claims the run times the network and decides.
    """

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)

    ok: bool
    errors: list[Notice]
    warnings: list[Notice] = []
    image_shape: list[int] | None
    classes: int | None
    train_images: int | None
    validation_images: int | None
    batches_per_epoch: int | None
    parameters: int | None = None
    precision: Precision
    memory_bytes: int | None = None
    seconds_per_epoch: float | None = None
    seconds_per_epoch_range: list[float] | None = None
    start_seconds: float | None = None
    feature_seconds: float | None = None
    feature_seconds_range: list[float] | None = None
    layers: list[LayerRead] = []
    learning_rates: list[float]
    layers_before_error: list[LayerRead]
