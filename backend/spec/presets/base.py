"""What all presets have in common: options for the dense part, and layers as Keras names them."""

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from backend.spec.part import Part

Filters = Annotated[int, Field(ge=1, le=2048)]
Units = Annotated[int, Field(ge=1, le=8192)]
Activation = Literal["relu", "elu", "gelu", "leaky_relu", "selu", "silu", "tanh", "sigmoid"]

KERNEL = 3
STRIDES = 2


@dataclass(frozen=True)
class PresetLayer:
    """One layer with the arguments of its constructor, and the noun for it in error messages.

    `remedy` says what to do where the image is too small for this layer; `no_room` replaces the standard sentence about
    the layer's filter.
    """

    class_name: str
    config: dict[str, Any]
    noun: str
    remedy: str = ""
    no_room: str = ""


class PresetOptions(Part):
    """The dense layers after the convolutions, and the regularization of all layers."""

    dense_units: list[Units] = Field(
        [512], title="Dense units", description="one hidden layer for each number, before the softmax", max_length=4
    )
    activation: Activation = Field("relu", title="Activation", description="of all layers except the last")
    batch_normalization: bool = Field(False, title="Batch normalization", description="after each convolution")
    flatten_dropout: float = Field(0.0, title="Dropout before dense layers", description="after Flatten", ge=0, lt=1)
    dense_dropout: float = Field(
        0.0, title="Dropout after dense layers", description="after each dense layer", ge=0, lt=1
    )
    l1: float = Field(0.0, title="L1", description="penalty on all kernels except the last layer's", ge=0, le=1)
    l2: float = Field(0.0, title="L2", description="penalty on all kernels except the last layer's", ge=0, le=1)


class PresetPart(Part):
    """A preset is convolutions of its own, then the dense layers that all presets share.

    `depth_option` names the option that an error message about too small an image points to.
    """

    preset: str
    options: PresetOptions

    title: ClassVar[str]
    depth_option: ClassVar[str]

    @abstractmethod
    def convolutions(self) -> Iterator[PresetLayer]:
        """Yields the layers before `Flatten`."""

    def layers(self, classes: int) -> Iterator[PresetLayer]:
        """Yields all layers of a network that tells `classes` apart."""
        yield from self.convolutions()
        yield from self._dense(classes)

    def _dense(self, classes: int) -> Iterator[PresetLayer]:
        options = self.options
        yield PresetLayer("Flatten", {}, "flattening")
        yield from dropout(options.flatten_dropout)
        for units in options.dense_units:
            config = {"units": units, "activation": options.activation, **regularizer(options)}
            yield PresetLayer("Dense", config, f"the dense layer of {units}")
            yield from dropout(options.dense_dropout)
        yield PresetLayer("Dense", {"units": classes, "activation": "softmax"}, "the last layer")


def convolution(
    options: PresetOptions, filters: int, padding: str, strides: int, noun: str, remedy: str
) -> Iterator[PresetLayer]:
    config = {"filters": filters, "kernel_size": KERNEL, "strides": strides, "padding": padding}
    yield PresetLayer("Conv2D", {**config, "activation": options.activation, **regularizer(options)}, noun, remedy)
    if options.batch_normalization:
        yield PresetLayer("BatchNormalization", {}, "batch normalization")


def dropout(rate: float) -> Iterator[PresetLayer]:
    if rate:
        yield PresetLayer("Dropout", {"rate": rate}, "dropout")


def regularizer(options: PresetOptions) -> dict[str, Any]:
    factors = {name: value for name in ("l1", "l2") if (value := getattr(options, name))}
    if not factors:
        return {}
    return {"kernel_regularizer": {"class_name": "".join(factors).upper(), "config": factors}}
