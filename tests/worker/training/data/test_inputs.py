"""Whether a training holds its images, or the features of a backbone in their place, in memory."""

import numpy as np
import psutil
import pytest

from backend.planning.image_memory import HELD_SHARE
from worker.training.data.inputs import TrainingInputs
from worker.training.data.scaling import PixelScaling
from worker.training.data.splits import LabelledImages, Splits

WIDTH = 1280


@pytest.mark.parametrize(("share", "variants", "held"), [(0.9, 1, True), (1.1, 1, False), (0.9, 8, False)])
def test_features_are_held_by_the_memory_that_all_variants_take(share: float, variants: int, held: bool) -> None:
    rows = int(share * HELD_SHARE * psutil.virtual_memory().total) // (WIDTH * 4)
    features = np.broadcast_to(np.zeros(WIDTH, np.float32), (rows, WIDTH))  # takes no memory itself
    part = LabelledImages(features, np.zeros(1), "train")
    splits = Splits(part, part, None, "test images")

    assert TrainingInputs(["a"], splits, PixelScaling("none"), None, variants).are_held is held
