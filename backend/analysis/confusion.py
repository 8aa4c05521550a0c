"""The confusion matrix of predictions."""

from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.metrics import confusion_matrix

from backend.analysis.choices import Normalize
from backend.analysis.predictions import Predictions


def matrix(predictions: Predictions, normalize: Normalize = "none") -> npt.NDArray[Any]:
    """Returns the matrix of shape (classes, classes); rows are true classes, columns predicted ones.

    `normalize="none"` gives counts (int64); `true`, `pred` and `all` give shares (float64) of the row, the column or
    all samples. A row or column without samples holds zeros.
    """
    cells: npt.NDArray[Any] = confusion_matrix(
        predictions.true,
        predictions.predicted,
        labels=np.arange(len(predictions.classes)),
        normalize=None if normalize == "none" else normalize,
    )
    return cells
