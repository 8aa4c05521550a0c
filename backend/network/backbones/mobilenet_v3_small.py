"""The layers of MobileNetV3Small, named as in keras.applications, whose padding before strides equals `same`."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from backend.network.backbones.trunk import FEATURES, Architecture, Trunk

STEM_FILTERS = 16
HEAD_FILTERS = 576
NORMALIZATION = {"epsilon": 1e-3, "momentum": 0.999}


@dataclass(frozen=True)
class Block:
    """`expanded` is the width inside; `squeezed` that of squeeze-and-excite, 0 for a block without it."""

    kernel: int
    strides: int
    expanded: int
    squeezed: int
    filters: int
    activation: str


BLOCKS = (
    Block(3, 2, 16, 8, 16, "relu"),
    Block(3, 2, 72, 0, 24, "relu"),
    Block(3, 1, 88, 0, 24, "relu"),
    Block(5, 2, 96, 24, 40, "hard_swish"),
    Block(5, 1, 240, 64, 40, "hard_swish"),
    Block(5, 1, 240, 64, 40, "hard_swish"),
    Block(5, 1, 120, 32, 48, "hard_swish"),
    Block(5, 1, 144, 40, 48, "hard_swish"),
    Block(5, 2, 288, 72, 96, "hard_swish"),
    Block(5, 1, 576, 144, 96, "hard_swish"),
    Block(5, 1, 576, 144, 96, "hard_swish"),
)
LAST_BLOCKS = 3  # the blocks of 96 filters


def _add_stem(trunk: Trunk) -> None:
    _add_convolution(trunk, "conv", STEM_FILTERS, "hard_swish", kernel_size=3, strides=2)


def _add_head(trunk: Trunk) -> None:
    _add_convolution(trunk, "conv_1", HEAD_FILTERS, "hard_swish", kernel_size=1)
    trunk.add("GlobalAveragePooling2D", FEATURES)


def _blocks() -> Iterator[Callable[[Trunk], None]]:
    width = STEM_FILTERS
    for number, block in enumerate(BLOCKS):
        prefix = f"expanded_conv_{number}" if number else "expanded_conv"
        yield partial(_add_block, prefix=prefix, block=block, width=width)
        width = block.filters


def _add_block(trunk: Trunk, prefix: str, block: Block, width: int) -> None:
    """Adds an inverted residual block (Sandler et al. 2018)."""
    source = trunk.last
    if block.expanded != width:
        _add_convolution(trunk, f"{prefix}_expand", block.expanded, block.activation, kernel_size=1)
    name, window = f"{prefix}_depthwise", {"kernel_size": block.kernel, "strides": block.strides}
    trunk.add("DepthwiseConv2D", name, **window, padding="same", use_bias=False)
    _add_normalization(trunk, name, block.activation)
    if block.squeezed:
        _add_squeeze(trunk, f"{prefix}_squeeze_excite", block)
    _add_convolution(trunk, f"{prefix}_project", block.filters, None, kernel_size=1)
    if block.strides == 1 and block.filters == width:
        trunk.add("Add", f"{prefix}_add", source, trunk.last)


def _add_squeeze(trunk: Trunk, name: str, block: Block) -> None:
    source = trunk.last
    trunk.add("GlobalAveragePooling2D", f"{name}_avg_pool", keepdims=True)
    trunk.add("Conv2D", f"{name}_conv", filters=block.squeezed, kernel_size=1, activation="relu")
    trunk.add("Conv2D", f"{name}_conv_1", filters=block.expanded, kernel_size=1, activation="hard_sigmoid")
    trunk.add("Multiply", f"{name}_mul", source, trunk.last)


def _add_convolution(trunk: Trunk, name: str, filters: int, activation: str | None, **window: int) -> None:
    trunk.add("Conv2D", name, filters=filters, **window, padding="same", use_bias=False)
    _add_normalization(trunk, name, activation)


def _add_normalization(trunk: Trunk, name: str, activation: str | None) -> None:
    trunk.add("BatchNormalization", f"{name}_bn", **NORMALIZATION)
    if activation is not None:
        trunk.add("Activation", f"{name}_{activation}", activation=activation)


ARCHITECTURE = Architecture((_add_stem, *_blocks(), _add_head), LAST_BLOCKS + 1)
