"""`ladder`: the tutorial from the strided CNN to the augmented one, one change a rung, everything before it kept."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from backend.datasets.schemas import DatasetRead
from backend.datasets.version_names import base_name
from backend.spec import Epochs, RunSpec
from backend.studies.changes import changed_spec, value_at
from backend.studies.kinds.base import MAX_SEEDS, Seed, SeededRequest, Trial

VALID_PADDING_SIDE = 28  # pixels; three strided convolutions without padding leave nothing of smaller images
MIRRORED = ("fashion_mnist", "cifar10", "cifar100")  # a mirrored digit is another sign or none
DENSE_UNITS = {"cifar10": [1024], "cifar100": [1024]}  # as in the tutorial; 512 elsewhere


@dataclass(frozen=True)
class Rung:
    """One step: `changes` are made to the spec of the rung below."""

    title: str
    description: str
    changes: dict[str, Any]


class Ladder(SeededRequest):
    kind: Literal["ladder"]
    seeds: Annotated[list[Seed], Field(min_length=1, max_length=MAX_SEEDS)] = Field([0, 1, 2])
    train_limit: Annotated[int, Field(ge=1, le=10_000_000)] | None = Field(None, description="the spec's own if null")
    epochs: Epochs | None = Field(None, description="the spec's own if null")

    title: ClassVar[str] = "Ladder"

    def prepare(self, base: RunSpec, dataset: DatasetRead) -> RunSpec:
        """Returns the lowest rung: data, loss, optimizer and budget of the request, the network of the tutorial."""
        side = min((dataset.image_shape or [0])[:2])
        options = {
            "padding": "valid" if side >= VALID_PADDING_SIDE else "same",
            "dense_units": DENSE_UNITS.get(base_name(base.dataset.name), [512]),
        }
        changes = {
            "model": {"preset": "strided_cnn", "options": options},
            "init": None,
            "augmentation": None,
            "callbacks.reduce_lr": None,
            "dataset.train_limit": self.train_limit or base.dataset.train_limit,
            "epochs": self.epochs or base.epochs,
        }
        return changed_spec(base, changes)

    def points(self, base: RunSpec) -> list[Trial]:
        changes: dict[str, Any] = {}
        points = []
        for number, rung in enumerate(self.rungs(base)):
            changes = {**changes, **rung.changes}
            points.append(Trial({"rung": number}, changes))
        return points

    def rungs(self, base: RunSpec) -> list[Rung]:
        """Returns the rungs. Without the plateau where a schedule sets the learning rate already."""
        options = value_at(base.as_json(), "model.options")
        is_small = options["padding"] == "same"
        dense = {"dense_units": options["dense_units"], "flatten_dropout": 0.5, "dense_dropout": 0.2}
        pairs = {"padding": "same" if is_small else "last_valid", **dense}
        pooling = {"preset": "vgg", "options": pairs}
        normalized = {"preset": "vgg", "options": {**pairs, "batch_normalization": True}}
        is_mirrored = base_name(base.dataset.name) in MIRRORED
        shifts = {"width_shift": 0.1, "height_shift": 0.1, "horizontal_flip": is_mirrored}
        plateau = {"callbacks.reduce_lr": {"monitor": "val_loss", "factor": 0.5, "patience": 2}}
        rungs = [
            Rung("Strided CNN", "where the tutorial begins", {}),
            Rung("Dropout", "0.5 before the dense layers, 0.2 after them", _dropout(options, dense)),
            Rung("Pooling", "pairs of convolutions, each pair pooled", {"model": pooling}),
            Rung("Batch norm", "after every convolution", {"model": normalized}),
            Rung("Plateau", "halves the learning rate when stuck", plateau),
            Rung("Augmentation", f"shifts of 10%{', mirrored' if is_mirrored else ''}", {"augmentation": shifts}),
        ]
        return [rung for rung in rungs if rung.changes is not plateau or base.optimizer.schedule is None]


def _dropout(options: dict[str, Any], dense: dict[str, Any]) -> dict[str, Any]:
    return {"model": {"preset": "strided_cnn", "options": {**options, **dense}}}
