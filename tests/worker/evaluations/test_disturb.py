"""Each disturbance changes images as much as its table says, and leaves the shape and the dtype."""

import numpy as np
import pytest

from backend.evaluations.disturbances import DISTURBANCES, DisturbanceName
from worker.evaluations.disturb import DISTURB, Images


def photos(channels: int) -> Images:
    """Two images of 32 × 32 with a bright square off the centre."""
    images = np.full((2, 32, 32, channels), 40, np.uint8)
    images[:, 4:12, 10:24] = 220
    return images


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("name", DISTURBANCES)
def test_a_greater_strength_changes_more(name: DisturbanceName, channels: int) -> None:
    images, changes = photos(channels), []
    for value in DISTURBANCES[name].values:
        disturbed = DISTURB[name](images, value, np.random.default_rng(0))
        assert disturbed.shape == images.shape
        assert disturbed.dtype == np.uint8
        changes.append(float(np.abs(disturbed.astype(int) - images).mean()))
    assert changes == sorted(changes)
    assert changes[-1] > 2 * changes[0]


def test_noise_and_darkness_are_of_the_size_that_the_table_says() -> None:
    grey = np.full((4, 32, 32, 1), 128, np.uint8)

    noisy = DISTURB["noise"](grey, 20, np.random.default_rng(0))
    dark = DISTURB["brightness"](grey, 50, np.random.default_rng(0))

    assert noisy.std() == pytest.approx(20, rel=0.05)
    assert (dark == 64).all()


def test_the_corners_of_a_rotated_image_take_the_colour_of_the_edge() -> None:
    rotated = DISTURB["rotation"](np.full((1, 9, 9, 3), 77, np.uint8), 30, np.random.default_rng(0))

    assert (rotated == 77).all()


def test_images_of_one_pixel_can_be_disturbed() -> None:
    for name, disturbance in DISTURBANCES.items():
        for value in disturbance.values:
            assert DISTURB[name](np.full((1, 1, 1, 1), 9, np.uint8), value, np.random.default_rng(0)).shape == (1,) * 4
