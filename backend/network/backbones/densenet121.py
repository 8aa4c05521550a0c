"""The layers of DenseNet121, named as in keras.applications."""

from collections.abc import Callable, Iterator
from functools import partial

from backend.network.backbones.trunk import FEATURES, Architecture, Trunk

STEM_FILTERS = 64
GROWTH = 32  # filters that a block adds to its input
BOTTLENECK = 4 * GROWTH
EPSILON = 1.001e-5

STAGES = (6, 12, 24, 16)
"""Blocks; between two stages, a transition halves the filters and the image."""
LAST_BLOCKS = STAGES[-1]


def _add_stem(trunk: Trunk) -> None:
    trunk.add("ZeroPadding2D", "conv1_pad", padding=3)
    trunk.add("Conv2D", "conv1_conv", filters=STEM_FILTERS, kernel_size=7, strides=2, use_bias=False)
    _add_normalization(trunk, "conv1")
    trunk.add("ZeroPadding2D", "pool1_pad", padding=1)
    trunk.add("MaxPooling2D", "pool1", pool_size=3, strides=2)


def _add_head(trunk: Trunk) -> None:
    trunk.add("BatchNormalization", "bn", epsilon=EPSILON)
    trunk.add("Activation", "relu", activation="relu")
    trunk.add("GlobalAveragePooling2D", FEATURES)


def _blocks() -> Iterator[Callable[[Trunk], None]]:
    width = STEM_FILTERS
    for number, blocks in enumerate(STAGES, 2):
        if number > 2:
            width //= 2
            yield partial(_add_transition, name=f"pool{number - 1}", filters=width)
        for place in range(1, blocks + 1):
            yield partial(_add_block, name=f"conv{number}_block{place}")
        width += blocks * GROWTH


def _add_transition(trunk: Trunk, name: str, filters: int) -> None:
    _add_normalization(trunk, name)
    trunk.add("Conv2D", f"{name}_conv", filters=filters, kernel_size=1, use_bias=False)
    trunk.add("AveragePooling2D", f"{name}_pool", pool_size=2, strides=2)


def _add_block(trunk: Trunk, name: str) -> None:
    source = trunk.last
    _add_normalization(trunk, f"{name}_0")
    trunk.add("Conv2D", f"{name}_1_conv", filters=BOTTLENECK, kernel_size=1, use_bias=False)
    _add_normalization(trunk, f"{name}_1")
    trunk.add("Conv2D", f"{name}_2_conv", filters=GROWTH, kernel_size=3, padding="same", use_bias=False)
    trunk.add("Concatenate", f"{name}_concat", source, trunk.last)


def _add_normalization(trunk: Trunk, name: str) -> None:
    trunk.add("BatchNormalization", f"{name}_bn", epsilon=EPSILON)
    trunk.add("Activation", f"{name}_relu", activation="relu")


ARCHITECTURE = Architecture((_add_stem, *_blocks(), _add_head), LAST_BLOCKS + 1)
