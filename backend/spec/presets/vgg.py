"""`vgg`: blocks of convolutions, each block ended by pooling, then dense layers (after Simonyan and Zisserman 2015)."""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from backend.phrases import at_most, counted
from backend.spec.presets.base import (
    STRIDES,
    Filters,
    PresetLayer,
    PresetOptions,
    PresetPart,
    convolution,
    dropout,
)

POOL = 2
POOLINGS = {"max": "MaxPooling2D", "average": "AveragePooling2D"}


class VggOptions(PresetOptions):
    blocks: list[Annotated[list[Filters], Field(min_length=1, max_length=6)]] = Field(
        [[32, 32], [64, 64], [128, 128]],
        title="Blocks",
        description="filters of each 3×3 convolution, block by block",
        min_length=1,
        max_length=6,
    )
    padding: Literal["same", "valid", "last_valid"] = Field(
        "same", title="Padding", description="last_valid: same, but for the last convolution"
    )
    pooling: Literal["max", "average", "strides"] = Field(
        "max", title="Downsampling", description="strides: the last convolution of each block has strides of 2"
    )
    block_dropout: float = Field(0.0, title="Dropout after blocks", description="after each pooling", ge=0, lt=1)


class Vgg(PresetPart):
    preset: Literal["vgg"]
    options: VggOptions = VggOptions()

    title: ClassVar[str] = "VGG-like CNN"
    depth_option: ClassVar[str] = "blocks"

    def convolutions(self) -> Iterator[PresetLayer]:
        last_block = len(self.options.blocks)
        for number, block in enumerate(self.options.blocks, start=1):
            for place, filters in enumerate(block, start=1):
                ends_block = place == len(block)
                strides = STRIDES if self.options.pooling == "strides" and ends_block else 1
                padding = self._padding(is_last=ends_block and number == last_block)
                noun = f"convolution {place} of block {number}"
                yield from convolution(self.options, filters, padding, strides, noun, "use fewer blocks")
            yield from self._pooling(number)
            yield from dropout(self.options.block_dropout)

    def _padding(self, *, is_last: bool) -> str:
        if self.options.padding != "last_valid":
            return self.options.padding
        return "valid" if is_last else "same"

    def _pooling(self, number: int) -> Iterator[PresetLayer]:
        if self.options.pooling not in POOLINGS:
            return
        no_room = f"{counted(number, 'pooling')} leave{'s' if number == 1 else ''} nothing"
        remedy = at_most(number - 1, "block")
        yield PresetLayer(POOLINGS[self.options.pooling], {"pool_size": POOL}, f"pooling {number}", remedy, no_room)
