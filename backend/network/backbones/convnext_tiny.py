"""The layers of ConvNeXtTiny, named as in keras.applications.

Its layer scale, a factor for each channel, is a depthwise convolution of 1 × 1 without bias. Its convolutions with one
group for each channel are depthwise ones, which are the same and faster.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from backend.network.backbones.trunk import FEATURES, Architecture, Trunk

EXPANSION = 4  # of a block inside
EPSILON = 1e-6
PREFIX = "convnext_tiny"


@dataclass(frozen=True)
class Stage:
    blocks: int
    filters: int


STAGES = (Stage(3, 96), Stage(3, 192), Stage(9, 384), Stage(3, 768))
LAST_BLOCKS = 3  # the stage of 768 filters; the convolution that halves the image before it is a part of its own


def _add_stem(trunk: Trunk) -> None:
    trunk.add("Conv2D", f"{PREFIX}_stem_conv", filters=STAGES[0].filters, kernel_size=4, strides=4)
    _add_normalization(trunk, f"{PREFIX}_stem_layernorm")


def _add_head(trunk: Trunk) -> None:
    trunk.add("GlobalAveragePooling2D", "avg_pool")
    _add_normalization(trunk, FEATURES)


def _blocks() -> Iterator[Callable[[Trunk], None]]:
    for number, stage in enumerate(STAGES):
        if number > 0:
            yield partial(_add_downsampling, number=number - 1, filters=stage.filters)
        for place in range(stage.blocks):
            yield partial(_add_block, name=f"{PREFIX}_stage_{number}_block_{place}", filters=stage.filters)


def _add_downsampling(trunk: Trunk, number: int, filters: int) -> None:
    _add_normalization(trunk, f"{PREFIX}_downsampling_layernorm_{number}")
    trunk.add("Conv2D", f"{PREFIX}_downsampling_conv_{number}", filters=filters, kernel_size=2, strides=2)


def _add_block(trunk: Trunk, name: str, filters: int) -> None:
    source = trunk.last
    trunk.add("DepthwiseConv2D", f"{name}_depthwise_conv", kernel_size=7, padding="same")
    _add_normalization(trunk, f"{name}_layernorm")
    trunk.add("Dense", f"{name}_pointwise_conv_1", units=EXPANSION * filters, activation="gelu")
    trunk.add("Dense", f"{name}_pointwise_conv_2", units=filters)
    trunk.add("DepthwiseConv2D", f"{name}_layer_scale", kernel_size=1, use_bias=False)
    trunk.add("Add", f"{name}_add", source, trunk.last)


def _add_normalization(trunk: Trunk, name: str) -> None:
    trunk.add("LayerNormalization", name, epsilon=EPSILON)


ARCHITECTURE = Architecture((_add_stem, *_blocks(), _add_head), LAST_BLOCKS + 2)
