"""Images that are in a dataset twice, nearly twice, or are unlike their class."""

import numpy as np

from backend.analysis import image_duplicates

RNG = np.random.default_rng(4)


def pictures(number: int, side: int = 16) -> np.ndarray:
    """Returns pictures with soft shapes, uint8 (number, side, side, 1); no two are alike."""
    coarse = RNG.integers(40, 200, (number, 4, 4))
    return np.kron(coarse, np.ones((side // 4, side // 4)))[..., None].astype(np.uint8)


def test_equal_images_are_grouped() -> None:
    images = pictures(6)
    images[4] = images[5] = images[1]

    assert image_duplicates.equal_images(images) == [[1, 4, 5]]


def test_near_duplicates_are_found_whatever_their_brightness() -> None:
    images = pictures(40)
    images[10] = images[3] + 20  # brighter
    images[20] = images[5] + RNG.integers(0, 12, images[5].shape)  # noisy
    images[30] = images[7]  # equal: no near duplicate

    found = image_duplicates.near_duplicates(images, image_duplicates.thumbnails(images))

    assert {tuple(pair) for pair in found.pairs.tolist()} == {(3, 10), (5, 20)}
    assert found.is_complete


def test_no_near_duplicate_is_missed() -> None:
    images = pictures(300)
    images[200:260] = images[:60] + RNG.integers(0, 20, images[:60].shape).astype(np.uint8)

    found = image_duplicates.near_duplicates(images, image_duplicates.thumbnails(images))

    grey = images[..., 0].reshape(300, -1).astype(np.float64)
    grey -= grey.mean(axis=1, keepdims=True)
    difference = np.sqrt(((grey[:, None] - grey[None]) ** 2).mean(axis=2))
    near = (difference > 0) & (difference <= image_duplicates.MAX_DIFFERENCE)
    assert {tuple(pair) for pair in found.pairs.tolist()} == {(a, b) for a, b in np.argwhere(near).tolist() if a < b}
    assert len(found.pairs) >= 60


def test_an_image_unlike_its_class_comes_first() -> None:
    dark, light = RNG.integers(0, 30, (30, 8, 8, 3)), RNG.integers(200, 230, (30, 8, 8, 3))
    images = np.concatenate([dark, light]).astype(np.uint8)
    labels = np.repeat([0, 1], 30)
    labels[7] = 1  # a dark one among the light

    rows, times = image_duplicates.unlike_their_class(image_duplicates.thumbnails(images), labels)

    assert rows[0] == 7
    assert times[0] > 5


def test_images_of_one_pixel_and_classes_of_few_images_are_compared() -> None:
    images = np.array([10, 10, 90, 200], np.uint8).reshape(4, 1, 1, 1)

    small = image_duplicates.thumbnails(images)

    assert small.shape == (4, 64)
    assert image_duplicates.near_duplicates(images, small).pairs.tolist() == []
    assert image_duplicates.unlike_their_class(small, np.array([0, 0, 0, 1]))[0].tolist() == []
