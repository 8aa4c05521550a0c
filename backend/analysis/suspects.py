"""Confident learning: finds labels that are probably wrong, from the probabilities of models that judged the images.

The method is that of Northcutt, Jiang and Chuang, "Confident Learning: Estimating Uncertainty in Dataset Labels"
(JAIR 70, 2021), as the library cleanlab has it: `filter_by="confident_learning"`, ranked by self-confidence. cleanlab
itself needs pandas, so it is not used; a test compares with its results.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from backend.analysis.predictions import Floats, Indexes

BLOCK_VALUES = 4_000_000  # probabilities that are in memory at once: 16 MB as float32
NEVER = 2.0  # threshold of a class without images: no probability reaches it
EPSILON = 1e-6  # cleanlab's tolerance: a probability equal to the threshold reaches it

ReadRows = Callable[[slice], Floats]
"""Returns rows of probabilities, of shape (rows, classes)."""


@dataclass(frozen=True)
class Suspects:
    """What confident learning says of N labels.

    `is_suspect` (N,) says whether the image is confidently of another class, and `suggested` (N,) is the likeliest
    other class. `score` (N,) is the self-confidence: the probability of the label. `usual` (classes,) is its mean among
    the images of each class, which is the threshold of confidence; NaN without images.
    """

    is_suspect: npt.NDArray[np.bool_]
    suggested: Indexes
    score: Floats
    usual: Floats

    def order(self) -> Indexes:
        """Returns the indexes of the suspects, the most suspect first; ties by index."""
        suspects = np.flatnonzero(self.is_suspect)
        return suspects[np.argsort(self.score[suspects], kind="stable")]


def find_suspects(labels: Indexes, classes: int, read: ReadRows) -> Suspects:
    """Judges `labels` (N,) by the probabilities that `read` returns, which are read twice, in blocks."""
    labels = labels.astype(np.int64)
    blocks = _blocks(len(labels), classes)
    score = np.concatenate([_of_labels(read(rows), labels[rows]) for rows in blocks])
    usual = class_means(score, labels, classes)
    thresholds = np.where(np.isnan(usual), NEVER, usual)
    judged = [_judge(read(rows), labels[rows], thresholds) for rows in blocks]
    is_suspect, suggested = (np.concatenate(parts) for parts in zip(*judged, strict=True))
    return Suspects(is_suspect, suggested, score, usual)


def class_means(values: Floats, labels: Indexes, classes: int) -> Floats:
    """Returns the mean of `values` (N,) by class; NaN for a class without images."""
    images = np.bincount(labels, minlength=classes)
    sums = np.bincount(labels, weights=values, minlength=classes)
    with np.errstate(invalid="ignore"):
        return sums / images


def _judge(probabilities: Floats, labels: Indexes, thresholds: Floats) -> tuple[npt.NDArray[np.bool_], Indexes]:
    """Returns whether each image is a suspect, and its suggested class.

    An image is confidently of the likeliest class whose probability reaches the mean that images of that class have.
    One whose likeliest class of all is its label is never a suspect.
    """
    rows = np.arange(len(labels))
    confident = np.where(probabilities >= thresholds - EPSILON, probabilities, -1.0)
    guess = confident.argmax(axis=1)
    others = probabilities.copy()
    others[rows, labels] = -1.0
    runner_up = others.argmax(axis=1)
    has_guess = (confident[rows, guess] >= 0) & (guess != labels)
    is_suspect = has_guess & (others[rows, runner_up] > probabilities[rows, labels])
    return is_suspect, np.where(is_suspect, guess, runner_up)


def _of_labels(probabilities: Floats, labels: Indexes) -> Floats:
    return np.take_along_axis(probabilities, labels[:, None], axis=1)[:, 0]


def _blocks(images: int, classes: int) -> list[slice]:
    step = max(1, BLOCK_VALUES // classes)
    return [slice(start, start + step) for start in range(0, images, step)]
