"""The two phases of a run that trains more of a backbone than its head: first the head alone, then more with it."""

from collections.abc import Mapping

from backend.spec.backbones.base import TrainedPart

FINE_TUNING_RATE = 0.1
"""Of the learning rate, in the second phase: larger steps would undo what the backbone has learnt."""

VARIANTS = 8
"""With augmentation, each image is varied so many times for the head; epoch n takes number n modulo this."""


PART_TITLES: Mapping[TrainedPart, str] = {"head": "head", "last_blocks": "last blocks", "all": "whole network"}


def head_epochs(train: TrainedPart, epochs: int, chosen: int | None = None) -> int:
    """Returns in how many of the first `epochs` only the head is trained: all, as chosen, or a third, rounded up."""
    return epochs if train == "head" else min(epochs - 1, chosen or -(-epochs // 3))


def variant_of(epoch: int) -> int:
    """Returns the number of the varied images that `epoch`, counted from 1, takes."""
    return epoch % VARIANTS
