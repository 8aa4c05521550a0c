"""Small networks that a worker trains to measure the costs of its device, and the costs that follow from their times.

They are trained on random images for some steps through the code that trains a run. Each is made so that one cost is
most of what it takes, so that the costs follow one after the other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from pydantic import BaseModel

from backend.network import Network, describe
from backend.planning.costs.training_costs import PASSES, Work, scored_images
from backend.spec import RunSpec
from backend.workers import TrainingCosts

SIDE, LARGE_SIDE, CHANNELS, CLASSES = 16, 32, 3, 10  # of the images
BATCH_SIZE = 32
EPOCHS = 6  # of a probe: the first one traces, and the median of the others counts, as a run has all kinds

BACKBONE = {"backbone": "efficientnet_lite0", "options": {"input_size": 128}}
"""A network of many layers. It is timed beside the probes, without a training."""
BACKBONE_NAME = "backbone"  # beside the names of probes


def backbone_spec() -> RunSpec:
    return RunSpec.model_validate({"dataset": {"name": "probe"}, "model": BACKBONE})


def backbone_network() -> Network:
    return describe(backbone_spec().model, [LARGE_SIDE, LARGE_SIDE, CHANNELS], CLASSES)


Part = Literal["start", "save", "best"]


@dataclass(frozen=True)
class Probe:
    """A network that is trained on `images` random images, and validated on a batch. `layers` are as in a spec."""

    images: int
    layers: Sequence[dict[str, Any]]
    side: int = SIDE
    augmentation: Mapping[str, Any] | None = field(default=None)

    @property
    def steps(self) -> int:
        return -(-self.images // BATCH_SIZE)

    @property
    def scored(self) -> int:
        return BATCH_SIZE + scored_images(self.images)

    def spec(self, precision: str = "float32") -> RunSpec:
        softmax = _layer("Dense", units=CLASSES, activation="softmax")
        return RunSpec.model_validate(
            {
                "dataset": {"name": "probe", "train_limit": self.images},
                "model": {"layers": [*self.layers, softmax]},
                "augmentation": self.augmentation,
                "epochs": EPOCHS,
                "precision": precision,
            }
        )

    def work(self) -> Work:
        return Work.of(describe(self.spec().model, [self.side, self.side, CHANNELS], CLASSES).layers)


class Times(BaseModel):
    """Seconds of a probe: of an epoch after the first, of saving an epoch that is not the best, and of saving a model.

    `start` is all else from the built network to the end of the first epoch.
    """

    start: float
    epoch: float
    save: float
    best: float


class BackboneTimes(BaseModel):
    """Seconds of building BACKBONE, of its first forward pass over a batch, which is traced, of a later one, and of
    saving the model.
    """

    build: float
    first: float
    later: float
    save: float


def _layer(class_name: str, **config: Any) -> dict[str, Any]:
    return {"class_name": class_name, "config": config}


def _convolutions(filters: int, kernel_size: int, count: int) -> list[dict[str, Any]]:
    config = {"filters": filters, "kernel_size": kernel_size, "padding": "same", "activation": "relu"}
    return [_layer("Conv2D", **config)] * count


def _each_with(layer: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for wide in WIDE for each in (wide, layer)]


FLAT, POOLED = _layer("Flatten"), _layer("GlobalAveragePooling2D")
NARROW = [_layer("MaxPooling2D", pool_size=8)]
NARROW += [_layer("Conv2D", filters=8, kernel_size=1), _layer("BatchNormalization"), _layer("ReLU")] * 6
STRIDED = [_layer("Conv2D", filters=filters, kernel_size=3, strides=2, activation="relu") for filters in (32, 64, 128)]
WIDE = _convolutions(64, kernel_size=1, count=3)
HEAVY = [_layer("MaxPooling2D", pool_size=8), FLAT, _layer("Dense", units=4096)]
SHIFTS = {"width_shift": 0.1, "height_shift": 0.1, "horizontal_flip": True}

FEW_THREADS: Mapping[str, Probe] = {
    "one step": Probe(BATCH_SIZE, [FLAT]),
    "steps": Probe(40 * BATCH_SIZE, [FLAT]),
    "layers": Probe(40 * BATCH_SIZE, [*NARROW, FLAT]),
    "weights": Probe(40 * BATCH_SIZE, [FLAT, _layer("Dense", units=1024)]),
    "small": Probe(60 * BATCH_SIZE, [*STRIDED, FLAT], LARGE_SIDE),
    "varied": Probe(40 * BATCH_SIZE, [FLAT], augmentation=SHIFTS),
}
ALL_THREADS: Mapping[str, Probe] = {
    "values": Probe(12 * BATCH_SIZE, [*WIDE, POOLED], LARGE_SIDE),
    "large": Probe(6 * BATCH_SIZE, [*_convolutions(64, kernel_size=3, count=3), POOLED], LARGE_SIDE),
    "normalized": Probe(12 * BATCH_SIZE, [*_each_with(_layer("BatchNormalization")), POOLED], LARGE_SIDE),
    "dropped": Probe(12 * BATCH_SIZE, [*_each_with(_layer("Dropout", rate=0.5)), POOLED], LARGE_SIDE),
    "large weights": Probe(12 * BATCH_SIZE, [*WIDE, *HEAVY], LARGE_SIDE),
}
"""For other precisions than float32 these alone are trained again."""
BASES = ("one step", "steps", "values", "large")
"""Costs of the others are differences to these, so they are trained twice, and the least times count."""
PROBES = {**FEW_THREADS, **ALL_THREADS}


class MeasuredCosts:
    """The costs that explain the times of all PROBES, each without those before it.

    `backbone` are the times of BACKBONE, and `process` the seconds of a process before it trains a probe.
    """

    def __init__(self, times: Mapping[str, Times], backbone: BackboneTimes, process: float) -> None:
        self._times = times
        self._backbone = backbone
        self.process = process
        self._network = backbone_network()
        self._works = {name: probe.work() for name, probe in PROBES.items()}

    def costs(self) -> TrainingCosts:
        """Returns all costs, each of which is an attribute of the same name."""
        return TrainingCosts(**{name: getattr(self, name) for name in TrainingCosts.model_fields})

    @property
    def build_layer(self) -> float:
        return self._backbone.build / len(self._network.layers)

    @property
    def trace(self) -> float:
        return max(0.0, self._times["steps"].start - self.trace_layer * self._works["steps"].layers)

    @cached_property
    def trace_layer(self) -> float:
        return self._more("start", "layers") / self._more_layers

    @property
    def epoch(self) -> float:
        return self._times["one step"].epoch

    @property
    def save(self) -> float:
        return self._times["steps"].save

    @property
    def save_weight(self) -> float:
        return self._more("save", "weights") / self._works["weights"].weights

    @property
    def best(self) -> float:
        return self._times["steps"].best

    @property
    def best_layer(self) -> float:
        weights = self.best_weight * self._network.parameters
        return max(0.0, self._backbone.save - self.best - weights) / len(self._network.layers)

    @cached_property
    def best_weight(self) -> float:
        return self._more("best", "weights") / self._works["weights"].weights

    @cached_property
    def step_layer(self) -> float:
        more = (self._beside_epoch(name) / PROBES[name].steps for name in ("layers", "steps"))
        return max(0.0, next(more) - next(more)) / self._more_layers

    @cached_property
    def step(self) -> float:
        a_step = self._beside_epoch("steps") / PROBES["steps"].steps
        return max(0.0, a_step - self.step_layer * self._works["steps"].layers)

    @cached_property
    def small_step_weight(self) -> float:
        return self._beside_steps("weights") / PROBES["weights"].steps / self._works["weights"].weights

    @property
    def small_multiplication(self) -> float:
        return self._arithmetic("small") / self._works["small"].multiplications

    @cached_property
    def multiplication(self) -> float:
        """The probes "large" and "values" have as many values."""
        more = self._works["large"].multiplications - self._works["values"].multiplications
        return max(0.0, self._arithmetic("large") - self._arithmetic("values")) / more

    @cached_property
    def value(self) -> float:
        work = self._works["values"]
        return max(0.0, self._arithmetic("values") - self.multiplication * work.multiplications) / work.values

    @cached_property
    def normalized(self) -> float:
        more = max(0.0, self._arithmetic("normalized") - self._arithmetic("values"))
        return more / self._works["normalized"].normalized

    @cached_property
    def dropped(self) -> float:
        return self._more_than_values("dropped") / PROBES["dropped"].images / self._works["dropped"].dropped

    @property
    def varied(self) -> float:
        return max(0.0, self._beside_epoch("varied") - self._beside_epoch("steps")) / PROBES["varied"].images

    @cached_property
    def step_weight(self) -> float:
        name = "large weights"
        return self._more_than_values(name) / PROBES[name].steps / self._works[name].weights

    @property
    def feature_multiplication(self) -> float:
        return self._backbone.later / BATCH_SIZE / self._network.multiplications

    @property
    def feature_layer(self) -> float:
        return max(0.0, self._backbone.first - self._backbone.later) / len(self._network.layers)

    @property
    def _more_layers(self) -> int:
        return self._works["layers"].layers - self._works["steps"].layers

    def _more(self, part: Part, name: str) -> float:
        """Returns by how many seconds a part of a probe is longer than that of the probe "steps"."""
        return max(0.0, self._seconds(part, name) - self._seconds(part, "steps"))

    def _seconds(self, part: Part, name: str) -> float:
        return float(getattr(self._times[name], part))

    def _more_than_values(self, name: str) -> float:
        return max(0.0, self._beside_steps(name) - self._beside_steps("values"))

    def _arithmetic(self, name: str) -> float:
        """Returns the seconds of a forward pass over an image that are not those of steps."""
        probe = PROBES[name]
        return self._beside_steps(name) / (PASSES * probe.images + probe.scored)

    def _beside_steps(self, name: str) -> float:
        """Returns the seconds of an epoch beside those that grow with its steps and layers."""
        steps = PROBES[name].steps * (self.step + self.step_layer * self._works[name].layers)
        return max(0.0, self._beside_epoch(name) - steps)

    def _beside_epoch(self, name: str) -> float:
        return max(0.0, self._times[name].epoch - self.epoch)
