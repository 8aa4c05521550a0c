"""The layout that all figures share, as Plotly JSON for the page and for notebooks (`plotly.io.from_json`).

Values are passed as plain lists: plotly.py writes NumPy arrays as {dtype, bdata}, which few readers support.
"""

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

Figure = dict[str, Any]

INK, MUTED, GRID, PAPER = "#1a1c1f", "#5c6168", "#ecebe7", "#ffffff"
BLUE, GREEN, ORANGE = "#0072b2", "#009e73", "#ce5400"


def figure(traces: Sequence[Any], layout: Figure) -> Figure:
    """Returns a figure as JSON. Plotly raises ValueError for properties that plotly.js does not support."""
    base = {
        "template": {},  # otherwise plotly.py writes its default template into every figure
        "paper_bgcolor": PAPER,
        "plot_bgcolor": PAPER,
        "font": {"family": "system-ui, -apple-system, Segoe UI, sans-serif", "size": 12, "color": MUTED},
        "hoverlabel": {"bgcolor": PAPER, "bordercolor": GRID, "font": {"color": INK}},
        "showlegend": False,
    }
    json_figure: Figure = go.Figure(data=list(traces), layout=base | layout).to_plotly_json()
    return json_figure


def axis(title: str = "", **properties: Any) -> Figure:
    """Returns an axis with the shared style and further properties."""
    style = {"gridcolor": GRID, "zeroline": False, "ticks": "", "automargin": True}
    return style | ({"title": {"text": title}} if title else {}) | properties


def note(text: str, **properties: Any) -> Figure:
    """Returns an annotation without an arrow."""
    return {"text": text, "showarrow": False} | properties
