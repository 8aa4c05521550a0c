"""Applies a spec's augmentation to some training images, for the form's preview."""

import numpy as np
import numpy.typing as npt

from backend.datasets.splits import partition
from backend.datasets.store import StoredDataset
from backend.spec import Augmentation, RunSpec
from worker.training.data.augmentation import augment

IMAGES = 16


def augmented(spec: RunSpec, dataset: StoredDataset, seed: int) -> npt.NDArray[np.uint8]:
    """Returns up to `IMAGES` augmented training images, uint8, N × H × W × C, chosen and varied by `seed`."""
    train, _ = partition(dataset.labels("train"), spec.dataset.train_limit, spec.dataset.validation, spec.seed)
    generator = np.random.default_rng([spec.seed, seed])
    chosen = np.sort(generator.choice(train, min(IMAGES, len(train)), replace=False))
    seeds = generator.integers(0, 2**31, (len(chosen), 2)).astype(np.int32)
    varied = augment(dataset.images("train")[chosen], seeds, spec.augmentation or Augmentation())
    images: npt.NDArray[np.uint8] = np.rint(np.asarray(varied)).astype(np.uint8)
    return images
