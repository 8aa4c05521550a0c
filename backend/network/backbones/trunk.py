"""`Trunk`: collects the layers of a backbone, and which calls give them their inputs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from backend.network.layers import BACKBONE_KINDS
from backend.network.plan import IMAGE, Call, Draft, Plan, draft

LOC: list[str | int] = ["model", "backbone"]
FEATURES = "features"
"""The name of the layer that ends every backbone: one number for each of its last filters."""


class Trunk:
    """A network under construction. A place is the position of a call, as in `Plan.calls`.

    Layers get `trainable: False` while `is_frozen`.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._drafts: list[Draft] = []
        self._calls: list[Call] = []
        self.is_frozen = False

    def add(self, class_name: str, name: str | None, *inputs: int, **config: Any) -> int:
        """Adds a layer that takes the outputs at `inputs`; returns the place of its own output."""
        if name is not None:
            config["name"] = name
        if self.is_frozen:
            config["trainable"] = False
        noun = f"the layer {name} of {self._name}" if name else f"the layer {class_name} after {self._name}"
        self._drafts.append(draft(class_name, config, noun, LOC, BACKBONE_KINDS))
        self._calls.append(Call(len(self._drafts) - 1, inputs or (self.last,)))
        return self.last

    @property
    def last(self) -> int:
        """The place of the newest output; that of the image where there is none yet."""
        return len(self._calls) - 1 if self._calls else IMAGE

    def plan(self) -> Plan:
        return Plan(self._name, self._drafts, self._calls, sequential=False)


@dataclass(frozen=True)
class Architecture:
    """A backbone as parts, each of which adds layers to a trunk, from the first ones to the features.

    With `train: "last_blocks"`, the last `last_blocks` parts are trained; that with the features counts as one.
    """

    parts: Sequence[Callable[[Trunk], object]]
    last_blocks: int
