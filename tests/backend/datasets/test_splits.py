"""Which training images train and which validate."""

import numpy as np
import pytest

from backend.datasets.splits import partition
from backend.spec import FromTest, FromTrain, FromValidation

LABELS = np.repeat([0, 1, 2], [50, 30, 20])


@pytest.mark.parametrize("validation", [FromTest(), FromValidation()])
def test_validation_on_another_split_leaves_all_training_images(validation: FromTest | FromValidation) -> None:
    train, held = partition(LABELS, 60, validation, seed=0)

    assert train.tolist() == list(range(60))
    assert held.tolist() == []


def test_each_class_gives_the_same_share_and_no_image_is_on_both_sides() -> None:
    train, held = partition(LABELS, None, FromTrain(fraction=0.2), seed=0)

    assert np.bincount(LABELS[held]).tolist() == [10, 6, 4]
    assert sorted([*train, *held]) == list(range(100))
    assert train.tolist() == sorted(train)
    assert held.tolist() == sorted(held)


def test_the_seed_decides_alone() -> None:
    first = partition(LABELS, None, FromTrain(fraction=0.2), seed=1)[1]

    assert partition(LABELS, None, FromTrain(fraction=0.2), seed=1)[1].tolist() == first.tolist()
    assert partition(LABELS, None, FromTrain(fraction=0.2), seed=2)[1].tolist() != first.tolist()


def test_a_class_of_two_gives_one_and_a_class_of_one_keeps_it() -> None:
    train, held = partition(np.array([0, 0, 1]), None, FromTrain(fraction=0.001), seed=0)

    assert len(held) == 1
    assert held[0] in (0, 1)
    assert 2 in train


def test_the_limit_comes_first() -> None:
    train, held = partition(LABELS, 40, FromTrain(fraction=0.25), seed=0)

    assert len(held) == 10
    assert max(*train, *held) == 39
