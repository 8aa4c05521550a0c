"""A backbone as a plan: resized pixels in three channels, the backbone, and the layers that are put after it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from backend.network.backbones import efficientnet_lite0
from backend.network.backbones.trunk import Trunk
from backend.network.plan import Plan
from backend.spec.backbones import BackbonePart

CHANNELS = 3


@dataclass(frozen=True)
class Architecture:
    """`add` puts the backbone's layers on a trunk, all frozen but the last blocks; these are `last_blocks`."""

    add: Callable[[Trunk, int], None]
    blocks: int
    last_blocks: int


ARCHITECTURES: Mapping[str, Architecture] = {
    "efficientnet_lite0": Architecture(
        efficientnet_lite0.add, efficientnet_lite0.BLOCKS, efficientnet_lite0.LAST_BLOCKS
    )
}


def plan(model: BackbonePart, image_shape: Sequence[int], classes: int) -> Plan:
    """Returns the plan of a backbone for images of (height, width, channels), with a softmax over `classes`."""
    trunk = Trunk(model.backbone)
    _add_pixels(trunk, image_shape, model.options.input_size)
    architecture = ARCHITECTURES[model.backbone]
    architecture.add(trunk, _trained_blocks(model, architecture))
    _add_head(trunk, model, classes)
    return trunk.plan()


def _trained_blocks(model: BackbonePart, architecture: Architecture) -> int:
    """Returns how many of the backbone's last blocks are trained; one more than there are for its first layers too."""
    return {"head": 0, "last_blocks": architecture.last_blocks, "all": architecture.blocks + 1}[model.options.train]


def _add_pixels(trunk: Trunk, image_shape: Sequence[int], side: int) -> None:
    """Resizes images that have another size, and repeats grey ones over three channels."""
    if tuple(image_shape[:2]) != (side, side):
        trunk.add("Resizing", "resizing", height=side, width=side)
    if image_shape[2] != CHANNELS:
        grey = trunk.last
        trunk.add("Concatenate", "grey_to_rgb", *[grey] * CHANNELS)


def _add_head(trunk: Trunk, model: BackbonePart, classes: int) -> None:
    options = model.options
    for units in options.dense_units:
        trunk.add("Dense", None, units=units, activation="relu")
    if options.dropout:
        trunk.add("Dropout", None, rate=options.dropout)
    trunk.add("Dense", None, units=classes, activation="softmax")
