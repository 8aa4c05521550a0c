"""Training the head of a backbone alone: on features, which the frozen rest computes once for each image."""

import hashlib
import json
from collections.abc import Callable, Collection
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from backend.datasets import feature_store
from backend.datasets.store import ImageRows, SelectedRows, StoredDataset
from backend.phrases import counted
from backend.spec import BackbonePart, RunSpec
from backend.spec.backbones.phases import VARIANTS
from worker.training.backbones import room
from worker.training.backbones.features import Compute, FeatureFile, Features, Positions
from worker.training.backbones.progress import FeatureProgress
from worker.training.data.augmentation import augment
from worker.training.data.inputs import TrainingInputs
from worker.training.data.scaling import PixelScaling
from worker.training.data.splits import LabelledImages, Splits
from worker.training.portable.augmentation import augmentation_seed, image_seeds
from worker.training.portable.backbone import FEATURES, feature_pass
from worker.training.report import Report

Vary = Callable[[tf.Tensor, tf.Tensor], tf.Tensor]
FeaturePass = Callable[[npt.NDArray[np.uint8], Positions], Features]


class BackboneFeatures:
    """The features of a dataset's images, by the weights that the backbone in `model` has now.

    `limit` is the most that all features of a board may take, in bytes.
    """

    def __init__(
        self,
        model: keras.Model,
        spec: RunSpec,
        backbone: BackbonePart,
        inputs: TrainingInputs,
        dataset: StoredDataset,
        report: Report,
        limit: int,
    ) -> None:
        self._model = model
        self._width = model.get_layer(FEATURES).output.shape[-1]
        self._spec = spec
        self._prefix = feature_store.key_prefix(spec, backbone)
        self._inputs = inputs
        self._dataset = dataset
        self._backbone = backbone_hash(model)
        self._report = report
        self._progress = FeatureProgress(report)
        self._limit = limit
        self._locks: dict[Path, BinaryIO] = {}

    def close(self) -> None:
        """Allows others to delete the features that were used."""
        for lock in self._locks.values():
            lock.close()

    def reserve(self, variants: Collection[int]) -> None:
        """Makes room for all features that the run needs and that are not there; those that are there are kept.

        Raises:
            TrainingError: They are larger than the limit, or than what is free on the disk.
        """
        splits = self._inputs.splits
        plain = [part for part in (splits.train, splits.validation, splits.test) if part is not None]
        parts = [(part, None) for part in plain] + [(splits.train, variant) for variant in variants]
        needed = sum(self._missing_bytes(*part) for part in parts)
        for folder in room.make(self._dataset.folder, needed, self._limit):
            self._report.log(f"Deleted features that were not used for longest: {folder.name}")
        if variants:
            each = counted(len(variants), "variant")
            self._report.log(f"The head sees {each} of each training image; those of an epoch are computed before it")

    def _missing_bytes(self, part: LabelledImages, variant: int | None) -> int:
        """Returns what is missing of features that no one else may delete from now on."""
        file, (_, positions) = self._file(part, variant), _stored(part.images)
        self._protect(file.folder)
        return file.missing_bytes(positions)

    def _protect(self, folder: Path) -> None:
        try:
            if folder not in self._locks:
                self._locks[folder] = feature_store.use(folder)
        except OSError as error:
            raise room.unwritable(folder, 0, error) from error

    def plain(self) -> TrainingInputs:
        """Returns the inputs with features in place of images.

        Raises:
            TrainingError: They can't be written.
        """
        splits = self._inputs.splits
        test = None if splits.test is None else self._of(splits.test)
        return self._with(
            replace(splits, train=self._of(splits.train), validation=self._of(splits.validation), test=test)
        )

    def varied(self, variant: int) -> TrainingInputs:
        """Returns the inputs with features of varied training images. Raises as `plain`."""
        splits = self._inputs.splits
        return self._with(replace(splits, train=self._of(splits.train, variant)), variants=VARIANTS)

    def _with(self, splits: Splits, variants: int = 1) -> TrainingInputs:
        return replace(self._inputs, splits=splits, scaling=PixelScaling("none"), variants=variants)

    def _of(self, part: LabelledImages, variant: int | None = None) -> LabelledImages:
        stored, positions = _stored(part.images)
        file = self._file(part, variant)
        self._protect(file.folder)
        try:
            rows = file.rows(positions, self._computed(stored, variant), self._progress)
        except OSError as error:
            raise room.unwritable(file.folder, file.missing_bytes(positions), error) from error
        return replace(part, images=SelectedRows(rows, positions))

    def _file(self, part: LabelledImages, variant: int | None) -> FeatureFile:
        what = f"{part.split} image" if variant is None else f"varied {part.split} image"
        folder = self._dataset.folder / feature_store.FOLDER / self._key(variant)
        return FeatureFile(folder, part.split, len(_stored(part.images)[0]), self._width, what)

    def _computed(self, images: ImageRows, variant: int | None) -> Compute:
        vary = self._vary(variant)
        forward = self._plain_pass if vary is None else feature_pass(self._model, self._inputs.scaling, vary)

        def compute(positions: Positions) -> Features:
            features: Features = forward(images[positions], positions)
            return features

        return compute

    @cached_property
    def _plain_pass(self) -> FeaturePass:
        """Traced once for all splits, which takes as long as some hundred images."""
        return feature_pass(self._model, self._inputs.scaling)

    def _vary(self, variant: int | None) -> Vary | None:
        augmentation = self._spec.augmentation
        if variant is None or augmentation is None:
            return None
        seed = augmentation_seed(self._spec.seed, variant)
        return lambda images, positions: augment(images, image_seeds(seed, positions), augmentation)

    def _key(self, variant: int | None) -> str:
        """Returns a name for all that features depend on, the images included."""
        spec, scaling = self._spec, self._inputs.scaling.name
        varied = None if variant is None or spec.augmentation is None else spec.augmentation.model_dump(mode="json")
        content = self._dataset.manifest.content_hash
        parts = [content, self._backbone, scaling, varied, varied and [spec.seed, variant]]
        digest = hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:24]
        return f"{self._prefix}{feature_store.VARIED if varied else ''}{digest}"


def backbone_hash(model: keras.Model) -> str:
    """Returns a hash of the backbone in `model`: its layers as they compute, trained or not, and their weights."""
    digest = hashlib.sha256()
    for layer in model.layers:
        config = {name: value for name, value in layer.get_config().items() if name != "trainable"}
        digest.update(json.dumps([type(layer).__name__, config], sort_keys=True).encode())
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
