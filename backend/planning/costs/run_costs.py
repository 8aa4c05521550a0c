"""What a run takes by the costs of a device: before its epochs, of each epoch, and of saving it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from backend.network import Layer, Network
from backend.planning.costs.training_costs import (
    HEAD,
    Work,
    best_seconds,
    pass_seconds,
    saving_seconds,
    scored_images,
    step_seconds,
)
from backend.planning.execution_plan import choose_execution
from backend.planning.image_counts import Images
from backend.spec import BackbonePart, RunSpec
from backend.spec.backbones import EfficientNetLite0
from backend.spec.backbones.phases import VARIANTS
from backend.workers import TrainingCosts

IMPROVING_EPOCHS = 10  # at the beginning of a run, each of which is taken to be the best so far; the model is saved
LATER_SHARE = 0.25  # of the epochs after them that are
COMMIT_SECONDS = 0.007  # of an epoch's rows and their publishing, measured on 2 cores: no probe has a database
DECIDING_STEPS = 4  # in each of two precisions: `worker.training.inference.step_times`


@dataclass(frozen=True)
class RunCosts:
    """The costs of a run whose precision is decided. Those of a backbone grow with its multiplications alone."""

    costs: TrainingCosts
    spec: RunSpec
    network: Network

    @cached_property
    def _is_small(self) -> bool:
        return choose_execution(self.spec, self.network).small

    @cached_property
    def _work(self) -> Work:
        return Work.of(self.network.layers)

    @cached_property
    def _first_trained(self) -> int:
        """Returns how many layers are frozen before the first trained one."""
        return next(number for number, layer in enumerate(self.network.layers) if layer.trainable)

    @property
    def _head_share(self) -> float:
        return self.spec.head_epochs() / self.spec.epochs

    def start(self) -> float:
        """Returns the seconds beside epochs and features: building, tracing, and saving the last model."""
        head = self._trace(HEAD.layers) if self._head_share else 0.0
        whole = self._trace(self._traced_layers()) if self._head_share < 1 else 0.0
        return self._build() + head + whole + self._models() * self._best()

    def _build(self) -> float:
        return self.costs.build_layer * self._work.layers

    def _trace(self, layers: float) -> float:
        return self.costs.trace + self.costs.trace_layer * layers

    def _traced_layers(self) -> float:
        """Counts half of each layer before the first trained one, which has no backward pass."""
        return self._work.layers - self._first_trained / 2

    def _models(self) -> int:
        """Returns how many models are saved after the last epoch."""
        early = self.spec.callbacks.early_stopping
        return 2 if early is not None and early.restore_best_weights else 1

    def decision(self) -> float:
        """Returns what a trainer takes once a network to time it in two precisions."""
        trace = self._trace(self._traced_layers())
        return self.costs.process + 2 * (self._build() + trace + DECIDING_STEPS * self.step())

    def step(self) -> float:
        """Returns the seconds of a training step of the whole network."""
        return self._step(self._work) + self.spec.batch_size * self._trained_image()

    def features(self, images: int, variants: int) -> float:
        """Returns the seconds of a backbone's features. One function is traced for all, one for each variant."""
        trace = self.costs.feature_layer * self._work.layers
        return (1 + variants) * trace + images * self._image(self.network.layers)

    def epoch(self, images: Images) -> float:
        """Returns the mean seconds of all epochs, with their saving. In those of a head only its layers are trained."""
        share = self._head_share
        head = self._epoch_of_head(images) if share else 0.0
        whole = self.epoch_of_all(images) if share < 1 else 0.0
        saving = saving_seconds(self.costs, self._work.weights) + self._improving_share() * self._best()
        return share * head + (1 - share) * whole + saving + COMMIT_SECONDS

    def _epoch_of_head(self, images: Images) -> float:
        return self.costs.epoch + self._steps(images) * self._step(HEAD)

    def epoch_of_all(self, images: Images) -> float:
        """Returns the seconds of an epoch that trains the network, without its saving."""
        scored = images.validation + scored_images(images.train)
        arithmetic = images.train * self._trained_image() + scored * self._image(self.network.layers)
        return self.costs.epoch + self._steps(images) * self._step(self._work) + arithmetic

    def _steps(self, images: Images) -> int:
        return -(-images.train // self.spec.batch_size)

    def _step(self, work: Work) -> float:
        return step_seconds(self.costs, work, is_small=self._is_small)

    def _trained_image(self) -> float:
        """Returns the seconds of a forward and a backward pass. The layers before the first trained one have none."""
        layers = self.network.layers
        varied = self.costs.varied if self.spec.augmentation is not None else 0.0
        dropped = self.costs.dropped * self._work.dropped
        return self._image(layers) + 2 * self._image(layers[self._first_trained :]) + dropped + varied

    def _image(self, layers: Sequence[Layer]) -> float:
        """Returns the seconds of a forward pass of some layers over an image."""
        if isinstance(self.spec.model, BackbonePart):
            slower = EfficientNetLite0.speed_share / self.spec.model.speed_share
            return slower * self.costs.feature_multiplication * sum(layer.multiplications for layer in layers)
        return pass_seconds(self.costs, Work.of(layers), is_small=self._is_small)

    def _best(self) -> float:
        return best_seconds(self.costs, self._work.layers, self.network.parameters)

    def _improving_share(self) -> float:
        first = min(self.spec.epochs, IMPROVING_EPOCHS)
        return (first + LATER_SHARE * (self.spec.epochs - first)) / self.spec.epochs


def variants_of(spec: RunSpec) -> int:
    """Returns how many varied features of each training image a run computes."""
    return min(spec.head_epochs(), VARIANTS) if spec.augmentation is not None else 0
