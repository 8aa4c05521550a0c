"""What happened to one image from epoch to epoch."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True)
class Changes:
    """`learnt` are the epochs after which the image was right and had not been, `forgotten` the other way round.

    `flips` counts the epochs that changed the predicted class.
    """

    learnt: list[int]
    forgotten: list[int]
    flips: int


def changes(epochs: Sequence[int], predicted: Sequence[int], true: int) -> Changes:
    """Returns how the prediction of an image changed. Before the first epoch it counts as wrong."""
    right = [False, *(label == true for label in predicted)]
    steps = list(zip(epochs, pairwise(right), strict=True))
    return Changes(
        learnt=[epoch for epoch, (before, now) in steps if now and not before],
        forgotten=[epoch for epoch, (before, now) in steps if before and not now],
        flips=sum(before != now for before, now in pairwise(predicted)),
    )
