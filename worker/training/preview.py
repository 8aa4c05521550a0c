"""What augmentation makes of some training images."""

import numpy as np
import numpy.typing as npt

from backend.datasets.splits import partition
from backend.datasets.store import StoredDataset
from backend.spec import Augmentation, RunSpec
from worker.training.augmentation import augment

IMAGES = 16


def augmented(spec: RunSpec, dataset: StoredDataset, seed: int) -> npt.NDArray[np.uint8]:
    """Up to `IMAGES` images that the spec trains on, uint8 N × H × W × C, each drawn and varied by `seed`."""
    train, _ = partition(dataset.labels("train"), spec.dataset.train_limit, spec.dataset.validation, spec.seed)
    draw = np.random.default_rng([spec.seed, seed])
    chosen = np.sort(draw.choice(train, min(IMAGES, len(train)), replace=False))
    seeds = draw.integers(0, 2**31, (len(chosen), 2)).astype(np.int32)
    varied = augment(dataset.images("train")[chosen], seeds, spec.augmentation or Augmentation())
    images: npt.NDArray[np.uint8] = np.rint(np.asarray(varied)).astype(np.uint8)
    return images
