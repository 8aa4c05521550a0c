"""`strided_cnn`: convolutions with strides 2, which halve the image, then dense layers."""

from collections.abc import Iterator
from typing import ClassVar, Literal

from pydantic import Field

from backend.phrases import at_most
from backend.spec.presets.base import STRIDES, Filters, PresetLayer, PresetOptions, PresetPart, convolution


class StridedCnnOptions(PresetOptions):
    filters: list[Filters] = Field(
        [32, 64, 128],
        title="Filters",
        description="one 3×3 convolution with strides of 2 for each number",
        min_length=1,
        max_length=8,
    )
    padding: Literal["valid", "same"] = Field("valid", title="Padding", description="at the edges of each convolution")


class StridedCnn(PresetPart):
    preset: Literal["strided_cnn"]
    options: StridedCnnOptions = StridedCnnOptions()

    title: ClassVar[str] = "Strided CNN"
    depth_option: ClassVar[str] = "filters"

    def convolutions(self) -> Iterator[PresetLayer]:
        for number, filters in enumerate(self.options.filters, start=1):
            noun, remedy = f"convolution {number}", at_most(number - 1, "convolution")
            yield from convolution(self.options, filters, self.options.padding, STRIDES, noun, remedy)
