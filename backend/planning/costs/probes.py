"""Small networks that a worker trains to measure the costs of its device, and the costs that follow from their times.

They are trained on random images for some steps through the code that trains a run. Each is made so that one cost is
most of what it takes, so that the costs follow one after the other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pydantic import BaseModel

from backend.network import describe
from backend.planning.costs.training_costs import Work, forward_passes
from backend.spec import RunSpec
from backend.workers import TrainingCosts

SIDE, CHANNELS, CLASSES = 16, 3, 10  # of the probes' images
BATCH_SIZE = 32
EPOCHS = 3  # of a probe: the first one traces


@dataclass(frozen=True)
class Probe:
    """A network that is trained on `images` random images. `layers` are as in a spec."""

    images: int
    layers: list[dict[str, Any]]

    @property
    def steps(self) -> int:
        return -(-self.images // BATCH_SIZE)

    def spec(self, precision: str = "float32") -> RunSpec:
        softmax = _layer("Dense", units=CLASSES, activation="softmax")
        return RunSpec.model_validate(
            {
                "dataset": {"name": "probe", "train_limit": self.images},
                "model": {"layers": [*self.layers, softmax]},
                "epochs": EPOCHS,
                "precision": precision,
            }
        )

    def work(self) -> Work:
        spec = self.spec()
        return Work.of(spec, describe(spec.model, [SIDE, SIDE, CHANNELS], CLASSES))


class Times(BaseModel):
    """Seconds of a probe: of an epoch after the first, of its saving, and of all else from the start to the end."""

    epoch: float
    save: float
    start: float

    def total(self) -> float:
        return self.start + EPOCHS * (self.epoch + self.save)


def _layer(class_name: str, **config: Any) -> dict[str, Any]:
    return {"class_name": class_name, "config": config}


def _convolutions(filters: int, count: int, **config: Any) -> list[dict[str, Any]]:
    return [_layer("Conv2D", filters=filters, kernel_size=3, padding="same", activation="relu", **config)] * count


ARITHMETIC = ("large", "normalized")
"""The probes that are trained with all threads; for other precisions than float32 they alone are trained again."""

FLAT, POOLED = _layer("Flatten"), _layer("GlobalAveragePooling2D")
NARROW = [*[_layer("Reshape", target_shape=[CHANNELS])] * 6, *[_layer("Dense", units=8)] * 10]
NORMALIZED = [layer for wide in _convolutions(64, 3) for layer in (wide, _layer("BatchNormalization"))]
PROBES = {
    "one step": Probe(BATCH_SIZE, [FLAT]),
    "steps": Probe(40 * BATCH_SIZE, [FLAT]),
    "layers": Probe(20 * BATCH_SIZE, [POOLED, *NARROW]),
    "weights": Probe(20 * BATCH_SIZE, [FLAT, _layer("Dense", units=1024)]),
    "small": Probe(20 * BATCH_SIZE, [*_convolutions(16, 2), POOLED]),
    "large": Probe(6 * BATCH_SIZE, [*_convolutions(64, 3), POOLED]),
    "normalized": Probe(6 * BATCH_SIZE, [*NORMALIZED, POOLED]),
}


class MeasuredCosts:
    """The costs that explain the times of all PROBES, each without those before it."""

    def __init__(self, times: Mapping[str, Times]) -> None:
        self._times = times
        self._works = {name: probe.work() for name, probe in PROBES.items()}

    def costs(self, process: float) -> TrainingCosts:
        """`process` are the seconds of a process before it trains a probe."""
        return TrainingCosts(
            process=process,
            start=self._fixed("start", self.start_layer),
            start_layer=self.start_layer,
            epoch=self._times["one step"].epoch,
            step=self.step,
            step_layer=self.step_layer,
            step_weight=self.step_weight,
            multiplication=self.multiplication,
            small_multiplication=self._arithmetic("small") / self._works["small"].multiplications,
            normalized=self.normalized,
            save=self._fixed("save", self.save_layer),
            save_layer=self.save_layer,
            save_weight=self._more("save", "weights") / self._works["weights"].weights,
        )

    @cached_property
    def start_layer(self) -> float:
        return self._more("start", "layers") / self._more_layers

    @cached_property
    def save_layer(self) -> float:
        return self._more("save", "layers") / self._more_layers

    @cached_property
    def step_layer(self) -> float:
        return max(0.0, self._a_step("layers") - self._a_step("steps")) / self._more_layers

    @cached_property
    def step(self) -> float:
        return max(0.0, self._a_step("steps") - self.step_layer * self._works["steps"].layers)

    @cached_property
    def step_weight(self) -> float:
        work = self._works["weights"]
        return max(0.0, self._a_step("weights") - self.step - self.step_layer * work.layers) / work.weights

    @cached_property
    def multiplication(self) -> float:
        return self._arithmetic("large") / self._works["large"].multiplications

    @cached_property
    def normalized(self) -> float:
        work = self._works["normalized"]
        return max(0.0, self._arithmetic("normalized") - self.multiplication * work.multiplications) / work.normalized

    @property
    def _more_layers(self) -> int:
        return self._works["layers"].layers - self._works["steps"].layers

    def _more(self, part: str, name: str) -> float:
        """Returns by how many seconds a part of a probe is longer than that of the probe "steps"."""
        return max(0.0, self._seconds(part, name) - self._seconds(part, "steps"))

    def _fixed(self, part: str, layer: float) -> float:
        """Returns the seconds of a part that don't grow with the layers."""
        return max(0.0, self._seconds(part, "steps") - layer * self._works["steps"].layers)

    def _seconds(self, part: str, name: str) -> float:
        return float(getattr(self._times[name], part))

    def _a_step(self, name: str) -> float:
        return self._beside_epoch(name) / PROBES[name].steps

    def _arithmetic(self, name: str) -> float:
        """Returns the seconds of a forward pass over one image that are not those of steps."""
        steps = PROBES[name].steps * (self.step + self.step_layer * self._works[name].layers)
        return max(0.0, self._beside_epoch(name) - steps) / forward_passes(PROBES[name].images, BATCH_SIZE)

    def _beside_epoch(self, name: str) -> float:
        return max(0.0, self._times[name].epoch - self._times["one step"].epoch)
