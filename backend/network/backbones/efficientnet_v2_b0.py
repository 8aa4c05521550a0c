"""The layers of EfficientNetV2B0, named as in keras.applications, without the random depth of its own training."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from backend.network.backbones.trunk import FEATURES, Architecture, Trunk

STEM_FILTERS = 32
HEAD_FILTERS = 1280
MOMENTUM = 0.9


@dataclass(frozen=True)
class Stage:
    """Blocks of the same width; the first one has the strides. `expansion` widens a block inside.

    A fused block expands by one convolution of 3 × 3 in place of two; the others have squeeze-and-excite.
    """

    blocks: int
    strides: int
    expansion: int
    filters: int
    is_fused: bool


STAGES = (
    Stage(1, 1, 1, 16, is_fused=True),
    Stage(2, 2, 4, 32, is_fused=True),
    Stage(2, 2, 4, 48, is_fused=True),
    Stage(3, 2, 4, 96, is_fused=False),
    Stage(5, 1, 6, 112, is_fused=False),
    Stage(8, 2, 6, 192, is_fused=False),
)
LAST_BLOCKS = 8  # the stage of 192 filters


def _add_stem(trunk: Trunk) -> None:
    _add_convolution(trunk, "stem", STEM_FILTERS, kernel_size=3, strides=2)
    _add_swish(trunk, "stem")


def _add_head(trunk: Trunk) -> None:
    _add_convolution(trunk, "top", HEAD_FILTERS, kernel_size=1)
    _add_swish(trunk, "top")
    trunk.add("GlobalAveragePooling2D", FEATURES)


def _blocks() -> Iterator[Callable[[Trunk], None]]:
    width = STEM_FILTERS
    for number, stage in enumerate(STAGES, 1):
        for place in range(stage.blocks):
            name, strides = f"block{number}{chr(ord('a') + place)}", stage.strides if place == 0 else 1
            yield partial(_add_block, name=name, stage=stage, strides=strides, width=width)
            width = stage.filters


def _add_block(trunk: Trunk, name: str, stage: Stage, strides: int, width: int) -> None:
    source = trunk.last
    if stage.is_fused:
        _add_fused(trunk, name, stage, strides, width)
    else:
        _add_inverted(trunk, name, stage, strides, width)
    if strides == 1 and width == stage.filters:
        trunk.add("Add", f"{name}_add", source, trunk.last)


def _add_fused(trunk: Trunk, name: str, stage: Stage, strides: int, width: int) -> None:
    if stage.expansion == 1:
        _add_convolution(trunk, f"{name}_project", stage.filters, kernel_size=3, strides=strides)
        _add_swish(trunk, f"{name}_project")
        return
    _add_convolution(trunk, f"{name}_expand", width * stage.expansion, kernel_size=3, strides=strides)
    _add_swish(trunk, f"{name}_expand")
    _add_convolution(trunk, f"{name}_project", stage.filters, kernel_size=1)


def _add_inverted(trunk: Trunk, name: str, stage: Stage, strides: int, width: int) -> None:
    expanded = width * stage.expansion
    _add_convolution(trunk, f"{name}_expand", expanded, kernel_size=1)
    _add_swish(trunk, f"{name}_expand")
    trunk.add("DepthwiseConv2D", f"{name}_dwconv2", kernel_size=3, strides=strides, padding="same", use_bias=False)
    trunk.add("BatchNormalization", f"{name}_bn", momentum=MOMENTUM)
    _add_swish(trunk, name)
    _add_squeeze(trunk, f"{name}_se", width // 4, expanded)
    _add_convolution(trunk, f"{name}_project", stage.filters, kernel_size=1)


def _add_squeeze(trunk: Trunk, name: str, squeezed: int, expanded: int) -> None:
    source = trunk.last
    trunk.add("GlobalAveragePooling2D", f"{name}_squeeze", keepdims=True)
    trunk.add("Conv2D", f"{name}_reduce", filters=squeezed, kernel_size=1, activation="swish")
    trunk.add("Conv2D", f"{name}_expand", filters=expanded, kernel_size=1, activation="sigmoid")
    trunk.add("Multiply", f"{name}_excite", source, trunk.last)


def _add_convolution(trunk: Trunk, name: str, filters: int, **window: int) -> None:
    trunk.add("Conv2D", f"{name}_conv", filters=filters, **window, padding="same", use_bias=False)
    trunk.add("BatchNormalization", f"{name}_bn", momentum=MOMENTUM)


def _add_swish(trunk: Trunk, name: str) -> None:
    trunk.add("Activation", f"{name}_activation", activation="swish")


ARCHITECTURE = Architecture((_add_stem, *_blocks(), _add_head), LAST_BLOCKS + 1)
