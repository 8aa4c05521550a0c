"""Figure `confusion-matrix`: hits in blue and mistakes in orange, each on its own scale."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from backend.analysis.figures import BLUE, ORANGE, PAPER, Figure, axis, figure

LEGIBLE_CLASSES = 20
"""With more classes than these, a number in each cell would be too small to read."""


def heatmap(matrix: npt.NDArray[Any], classes: Sequence[str]) -> Figure:
    """`matrix` is (classes, classes), rows true, columns predicted, counts or shares."""
    hits = np.eye(len(classes), dtype=bool)
    traces = [_cells(matrix, classes, hits, "right", BLUE), _cells(matrix, classes, ~hits, "wrong", ORANGE)]
    return figure(traces, _layout(len(classes)))


def _cells(
    matrix: npt.NDArray[Any], classes: Sequence[str], shown: npt.NDArray[np.bool_], name: str, colour: str
) -> go.Heatmap:
    number = "%{z}" if np.issubdtype(matrix.dtype, np.integer) else "%{z:.1%}"
    rows = zip(matrix.tolist(), shown.tolist(), strict=True)
    return go.Heatmap(
        z=[[value if own else None for value, own in zip(*row, strict=True)] for row in rows],
        x=list(classes),
        y=list(classes),
        name=name,
        zmin=0,
        # an empty scale has no colours: without a single mistake it still needs an end
        zmax=float(matrix[shown].max(initial=0)) or 1.0,
        colorscale=[[0, PAPER], [1, colour]],
        showscale=False,
        hoverongaps=False,
        xgap=1,
        ygap=1,
        texttemplate=number if len(classes) <= LEGIBLE_CLASSES else "",
        hovertemplate=f"{number} of true %{{y}} predicted %{{x}}<extra></extra>",
    )


def _layout(classes: int) -> Figure:
    side = 120 + max(320, min(classes * 36, 900))
    # a class called '7' is a name, not a number
    names = {"type": "category", "showgrid": False, "ticklabelstandoff": 6}
    return {
        "width": side + 40,
        "height": side,
        "margin": {"l": 32, "r": 16, "t": 40, "b": 32},
        "xaxis": axis("predicted", **names),
        "yaxis": axis("true", **names, autorange="reversed"),
    }
