"""Training the head of a backbone alone: on features, which the frozen rest computes once for each image."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from backend.datasets.store import ImageRows, SelectedRows
from backend.phrases import in_short
from backend.spec import BackbonePart, RunSpec
from worker.training.backbones.features import Compute, FeatureFile, Features, Positions
from worker.training.data.augmentation import augment
from worker.training.data.inputs import TrainingInputs
from worker.training.data.scaling import PixelScaling
from worker.training.data.splits import LabelledImages
from worker.training.errors import TrainingError
from worker.training.portable.augmentation import augmentation_seed, image_seeds
from worker.training.portable.backbone import FEATURES, feature_pass

OnProgress = Callable[[int, int], None]
Vary = Callable[[tf.Tensor, tf.Tensor], tf.Tensor]


class BackboneFeatures:
    """The features of a dataset's images, by the weights that the backbone in `model` has now."""

    def __init__(
        self, model: keras.Model, spec: RunSpec, backbone: BackbonePart, scaling: PixelScaling, folder: Path
    ) -> None:
        self._model = model
        self._width = model.get_layer(FEATURES).output.shape[-1]
        self._spec = spec
        self._name = [backbone.backbone, backbone.options.input_size]
        self._scaling = scaling
        self._folder = folder / "features"
        self._weights = _hash_of(model)

    def inputs(self, inputs: TrainingInputs, on_progress: OnProgress, variant: int | None = None) -> TrainingInputs:
        """Returns inputs with features in place of images; with a `variant`, those of varied training images.

        Raises:
            TrainingError: They can't be written.
        """
        splits = inputs.splits
        train = self._of(splits.train, on_progress, variant)
        if variant is not None:
            return replace(inputs, splits=replace(splits, train=train), scaling=PixelScaling("none"))
        test = splits.test and self._of(splits.test, on_progress)
        validation = self._of(splits.validation, on_progress)
        return replace(
            inputs, splits=replace(splits, train=train, validation=validation, test=test), scaling=PixelScaling("none")
        )

    def _of(self, part: LabelledImages, on_progress: OnProgress, variant: int | None = None) -> LabelledImages:
        stored, positions = _stored(part.images)
        file = FeatureFile(self._folder / self._key(variant), part.split, len(stored), self._width)
        try:
            rows = file.rows(positions, self._computed(stored, variant), on_progress)
        except OSError as error:
            raise TrainingError(
                title="The backbone's features could not be written",
                detail=f"{file.folder} can't be written ({in_short(error)}).",
                hint="Free some disk space, then resume the run.",
            ) from error
        return replace(part, images=SelectedRows(rows, positions))

    def _computed(self, images: ImageRows, variant: int | None) -> Compute:
        forward = feature_pass(self._model, self._scaling, self._vary(variant))

        def compute(positions: Positions) -> Features:
            features: Features = forward(images[positions], positions)
            return features

        return compute

    def _vary(self, variant: int | None) -> Vary | None:
        augmentation = self._spec.augmentation
        if variant is None or augmentation is None:
            return None
        seed = augmentation_seed(self._spec.seed, variant)
        return lambda images, positions: augment(images, image_seeds(seed, positions), augmentation)

    def _key(self, variant: int | None) -> str:
        """Returns a name for all that features depend on beside the images."""
        spec = self._spec
        varied = None if variant is None or spec.augmentation is None else spec.augmentation.model_dump(mode="json")
        parts = [self._name, self._weights, spec.precision, self._scaling.name, varied, varied and [spec.seed, variant]]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:24]


def _hash_of(model: keras.Model) -> str:
    """Returns a hash of the weights of the backbone in `model`."""
    digest = hashlib.sha256()
    for layer in model.layers:
        for array in layer.get_weights():
            digest.update(np.ascontiguousarray(array).data)
        if layer.name == FEATURES:
            break
    return digest.hexdigest()


def _stored(images: ImageRows) -> tuple[ImageRows, npt.NDArray[np.int64]]:
    """Returns the images of a whole stored split, and the positions of `images` in it."""
    if isinstance(images, SelectedRows):
        return images.source, images.positions
    return images, np.arange(len(images))
