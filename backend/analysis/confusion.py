"""The confusion matrix: how many samples of each true class were predicted as which class."""

from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.metrics import confusion_matrix

from backend.analysis.choices import Normalize
from backend.analysis.predictions import Predictions


def matrix(predictions: Predictions, normalize: Normalize = "none") -> npt.NDArray[Any]:
    """(classes, classes), rows true, columns predicted.

    `none` counts (int64); `true`, `pred` and `all` give shares (float64) of row, column or everything.
    A row or column without samples holds zeros.
    """
    counted: npt.NDArray[Any] = confusion_matrix(
        predictions.true,
        predictions.predicted,
        labels=np.arange(len(predictions.classes)),
        normalize=None if normalize == "none" else normalize,
    )
    return counted
