"""The figure `confusion-matrix`: correct cells in blue and wrong ones in orange, each on its own scale."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from backend.analysis.figures import BLUE, ORANGE, PAPER, Figure, axis, figure

MAX_CLASSES_WITH_NUMBERS = 20  # with more, the number in a cell would be too small to read


def heatmap(matrix: npt.NDArray[Any], classes: Sequence[str]) -> Figure:
    """Returns the figure of a matrix of shape (classes, classes) with counts (integers) or shares."""
    correct = np.eye(len(classes), dtype=bool)
    traces = [_cells(matrix, classes, correct, "right", BLUE), _cells(matrix, classes, ~correct, "wrong", ORANGE)]
    return figure(traces, _layout(len(classes)))


def _cells(
    matrix: npt.NDArray[Any], classes: Sequence[str], mask: npt.NDArray[np.bool_], name: str, colour: str
) -> go.Heatmap:
    number = "%{z}" if np.issubdtype(matrix.dtype, np.integer) else "%{z:.1%}"
    rows = zip(matrix.tolist(), mask.tolist(), strict=True)
    return go.Heatmap(
        z=[[value if is_included else None for value, is_included in zip(*row, strict=True)] for row in rows],
        x=list(classes),
        y=list(classes),
        name=name,
        zmin=0,
        # the scale needs a maximum above 0 even if there is no wrong prediction
        zmax=float(matrix[mask].max(initial=0)) or 1.0,
        colorscale=[[0, PAPER], [1, colour]],
        showscale=False,
        hoverongaps=False,
        xgap=1,
        ygap=1,
        texttemplate=number if len(classes) <= MAX_CLASSES_WITH_NUMBERS else "",
        hovertemplate=f"{number} of true %{{y}} predicted %{{x}}<extra></extra>",
    )


def _layout(classes: int) -> Figure:
    side = 120 + max(320, min(classes * 36, 900))
    # "category": a class named '7' is not a number
    names = {"type": "category", "showgrid": False, "ticklabelstandoff": 6}
    return {
        "width": side + 40,
        "height": side,
        "margin": {"l": 32, "r": 16, "t": 40, "b": 32},
        "xaxis": axis("predicted", **names),
        "yaxis": axis("true", **names, autorange="reversed"),
    }
