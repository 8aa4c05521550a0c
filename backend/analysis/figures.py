"""The quiet look that all figures share.

Figures are Plotly's JSON, for the page and for a notebook (`plotly.io.from_json`). plotly.py writes NumPy
arrays as {dtype, bdata}, which few readers know, so all values go in as plain lists.
"""

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

Figure = dict[str, Any]

INK, MUTED, GRID, PAPER = "#1a1c1f", "#5c6168", "#ecebe7", "#ffffff"
BLUE, GREEN, ORANGE = "#0072b2", "#009e73", "#ce5400"


def figure(traces: Sequence[Any], layout: Figure) -> Figure:
    """`traces` on a layout without Plotly's own colours; Plotly refuses what plotly.js would not draw."""
    base = {
        "template": {},  # without one, plotly.py writes its whole default look into every figure
        "paper_bgcolor": PAPER,
        "plot_bgcolor": PAPER,
        "font": {"family": "system-ui, -apple-system, Segoe UI, sans-serif", "size": 12, "color": MUTED},
        "hoverlabel": {"bgcolor": PAPER, "bordercolor": GRID, "font": {"color": INK}},
        "showlegend": False,
    }
    drawn: Figure = go.Figure(data=list(traces), layout=base | layout).to_plotly_json()
    return drawn


def axis(title: str = "", **more: Any) -> Figure:
    plain = {"gridcolor": GRID, "zeroline": False, "ticks": "", "automargin": True}
    return plain | ({"title": {"text": title}} if title else {}) | more


def note(text: str, **more: Any) -> Figure:
    """A line of text in the figure, without an arrow."""
    return {"text": text, "showarrow": False} | more
