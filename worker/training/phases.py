"""The phases of a run: one, or for a backbone first its head on features, then more of it on images."""

from collections.abc import Iterator

import keras
import tensorflow as tf

from backend.planning.execution_plan import ExecutionPlan, for_head
from backend.spec import RunSpec
from backend.spec.backbones.phases import variant_of
from worker.training.backbones.head import BackboneFeatures
from worker.training.data.inputs import TrainingInputs
from worker.training.data.training_data import TrainingData
from worker.training.phase import PhaseInputs, PhasePlan
from worker.training.portable.backbone import head_of


class VariedFeatures:
    """Batches of the features of varied images. Those of a variant are computed when its first epoch begins."""

    def __init__(self, spec: RunSpec, features: BackboneFeatures) -> None:
        self._spec = spec
        self._features = features
        self._data: dict[int, TrainingData] = {}

    def epoch(self, epoch: int) -> tf.data.Dataset:
        """Returns the batches of `epoch`, counted from 1."""
        variant = variant_of(epoch)
        if variant not in self._data:
            self._data[variant] = TrainingData(self._features.varied(variant), _without_augmentation(self._spec))
        return self._data[variant].epoch(epoch)


def phases(
    spec: RunSpec,
    network: keras.Model,
    inputs: TrainingInputs,
    features: BackboneFeatures | None,
    execution: ExecutionPlan,
) -> Iterator[PhasePlan]:
    """Yields the phases in their order. `features` are those of a backbone, None for other networks."""
    head_epochs = spec.head_epochs()
    if features is not None and head_epochs:
        yield PhasePlan(
            first=1,
            last=head_epochs,
            is_last=head_epochs == spec.epochs,
            model=head_of(network),
            load=lambda: _head_inputs(spec, features),
            execution=for_head(execution),
        )
    if head_epochs < spec.epochs:
        yield PhasePlan(
            first=head_epochs + 1,
            last=spec.epochs,
            is_last=True,
            model=network,
            load=lambda: PhaseInputs(inputs, TrainingData(inputs, spec)),
            execution=execution,
        )


def _head_inputs(spec: RunSpec, features: BackboneFeatures) -> PhaseInputs:
    epochs = () if spec.augmentation is None else range(1, spec.head_epochs() + 1)
    variants = {variant_of(epoch) for epoch in epochs}
    features.reserve(variants)
    plain = features.plain()
    return PhaseInputs(plain, VariedFeatures(spec, features) if variants else TrainingData(plain, spec))


def _without_augmentation(spec: RunSpec) -> RunSpec:
    return spec.model_copy(update={"augmentation": None})
