"""The layers of EfficientNet-Lite0, named as in its file of weights."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from backend.network.backbones.trunk import FEATURES, Architecture, Trunk

STEM_FILTERS = 32
HEAD_FILTERS = 1280
EPSILON = 1e-3


@dataclass(frozen=True)
class Stage:
    """Blocks of the same width; the first one has the strides. `expansion` widens a block inside."""

    blocks: int
    kernel: int
    strides: int
    expansion: int
    filters: int


STAGES = (
    Stage(1, 3, 1, 1, 16),
    Stage(2, 3, 2, 6, 24),
    Stage(2, 5, 2, 6, 40),
    Stage(3, 3, 2, 6, 80),
    Stage(3, 5, 1, 6, 112),
    Stage(4, 5, 2, 6, 192),
    Stage(1, 3, 1, 6, 320),
)
LAST_BLOCKS = 5  # the stages of 192 and 320 filters


def _add_stem(trunk: Trunk) -> None:
    _convolution(trunk, "conv_stem", "bn0", STEM_FILTERS, kernel=3, strides=2)
    trunk.add("ReLU", "stem_relu", max_value=6)


def _add_head(trunk: Trunk) -> None:
    _convolution(trunk, "conv_head", "bn1", HEAD_FILTERS, kernel=1, strides=1)
    trunk.add("ReLU", "head_relu", max_value=6)
    trunk.add("GlobalAveragePooling2D", FEATURES)


def _blocks() -> Iterator[Callable[[Trunk], None]]:
    number, width = 0, STEM_FILTERS
    for stage in STAGES:
        for place in range(stage.blocks):
            strides = stage.strides if place == 0 else 1
            yield partial(_add_block, name=f"blocks_{number}", stage=stage, strides=strides, width=width)
            number, width = number + 1, stage.filters


def _add_block(trunk: Trunk, name: str, stage: Stage, strides: int, width: int) -> None:
    """Adds an inverted residual block (Sandler et al. 2018)."""
    source = trunk.last
    if stage.expansion > 1:
        _convolution(trunk, f"{name}_expand_conv", f"{name}_bn0", width * stage.expansion, kernel=1, strides=1)
        trunk.add("ReLU", f"{name}_expand_relu", max_value=6)
    _depthwise(trunk, name, stage.kernel, strides)
    _convolution(trunk, f"{name}_project_conv", f"{name}_bn2", stage.filters, kernel=1, strides=1)
    if strides == 1 and width == stage.filters:
        trunk.add("Add", f"{name}_add", source, trunk.last)


def _depthwise(trunk: Trunk, name: str, kernel: int, strides: int) -> None:
    window = {"kernel_size": kernel, "strides": strides}
    trunk.add("DepthwiseConv2D", f"{name}_depthwise_conv", **window, padding="same", use_bias=False)
    trunk.add("BatchNormalization", f"{name}_bn1", epsilon=EPSILON)
    trunk.add("ReLU", f"{name}_depthwise_relu", max_value=6)


def _convolution(trunk: Trunk, name: str, normalization: str, filters: int, kernel: int, strides: int) -> None:
    window = {"kernel_size": kernel, "strides": strides}
    trunk.add("Conv2D", name, filters=filters, **window, padding="same", use_bias=False)
    trunk.add("BatchNormalization", normalization, epsilon=EPSILON)


ARCHITECTURE = Architecture((_add_stem, *_blocks(), _add_head), LAST_BLOCKS + 1)
