"""Writes finished runs that are sure of what they say, for tests of suspects, versions and quizzes."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tests.support.runs.compared import StoredRuns

SURE = 0.9


def judging_run(
    board: StoredRuns, says: Sequence[int], sure: Mapping[int, float] | None = None, classes: int = 3, **run: Any
) -> str:
    """Writes a finished run that says the class `says[i]` of validation image i, with a probability of SURE.

    `sure` has other probabilities, by image. What is left is shared by the other classes.
    """
    confidence = np.array([(sure or {}).get(image, SURE) for image in range(len(says))], np.float32)
    probabilities = np.repeat(((1 - confidence) / (classes - 1))[:, None], classes, axis=1)
    probabilities[np.arange(len(says)), list(says)] = confidence
    return board.run(says, confidence=confidence.tolist(), probabilities=probabilities, **run)
