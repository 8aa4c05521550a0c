"""The layers of ResNet50V2, named as in keras.applications."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from backend.network.backbones.trunk import FEATURES, Architecture, Trunk

STEM_FILTERS = 64
EXPANSION = 4  # of a block's filters at its end
EPSILON = 1.001e-5


@dataclass(frozen=True)
class Stage:
    """Blocks of the same width; the last one has the strides."""

    blocks: int
    filters: int
    strides: int


STAGES = (Stage(3, 64, 2), Stage(4, 128, 2), Stage(6, 256, 2), Stage(3, 512, 1))
LAST_BLOCKS = 3  # the stage of 2,048 filters


def _add_stem(trunk: Trunk) -> None:
    trunk.add("ZeroPadding2D", "conv1_pad", padding=3)
    trunk.add("Conv2D", "conv1_conv", filters=STEM_FILTERS, kernel_size=7, strides=2)
    trunk.add("ZeroPadding2D", "pool1_pad", padding=1)
    trunk.add("MaxPooling2D", "pool1_pool", pool_size=3, strides=2)


def _add_head(trunk: Trunk) -> None:
    _add_normalization(trunk, "post")
    trunk.add("GlobalAveragePooling2D", FEATURES)


def _blocks() -> Iterator[Callable[[Trunk], None]]:
    for number, stage in enumerate(STAGES, 2):
        for place in range(1, stage.blocks + 1):
            strides = stage.strides if place == stage.blocks else 1
            yield partial(
                _add_block,
                name=f"conv{number}_block{place}",
                filters=stage.filters,
                strides=strides,
                is_first=place == 1,
            )


def _add_block(trunk: Trunk, name: str, filters: int, strides: int, *, is_first: bool) -> None:
    """Adds a residual block; the first one of a stage changes the width, the last one may halve the image."""
    source = trunk.last
    normalized = _add_normalization(trunk, f"{name}_preact")
    if is_first:
        source = trunk.add("Conv2D", f"{name}_0_conv", normalized, filters=EXPANSION * filters, kernel_size=1)
    elif strides > 1:
        source = trunk.add("MaxPooling2D", f"{name}_0_pool", source, pool_size=1, strides=strides)
    trunk.add("Conv2D", f"{name}_1_conv", normalized, filters=filters, kernel_size=1, use_bias=False)
    _add_normalization(trunk, f"{name}_1")
    trunk.add("ZeroPadding2D", f"{name}_2_pad", padding=1)
    trunk.add("Conv2D", f"{name}_2_conv", filters=filters, kernel_size=3, strides=strides, use_bias=False)
    _add_normalization(trunk, f"{name}_2")
    trunk.add("Conv2D", f"{name}_3_conv", filters=EXPANSION * filters, kernel_size=1)
    trunk.add("Add", f"{name}_out", source, trunk.last)


def _add_normalization(trunk: Trunk, name: str) -> int:
    trunk.add("BatchNormalization", f"{name}_bn", epsilon=EPSILON)
    return trunk.add("Activation", f"{name}_relu", activation="relu")


ARCHITECTURE = Architecture((_add_stem, *_blocks(), _add_head), LAST_BLOCKS + 1)
