"""Figure `curves`: loss and accuracy side by side, training dashed, validation solid, best epoch marked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from backend.analysis.figures import BLUE, GREEN, GRID, INK, Figure, axis, figure, note

Values = Sequence[float | None]


@dataclass(frozen=True)
class Best:
    """The best epoch, and the metric that says so."""

    epoch: int
    monitor: str


@dataclass(frozen=True)
class Curves:
    """`series` may hold loss, val_loss, accuracy, val_accuracy, each as long as `epochs`; null is a gap."""

    epochs: Sequence[int]
    series: Mapping[str, Values]
    best: Best | None


@dataclass(frozen=True)
class Panel:
    title: str
    metric: str
    colour: str
    axes: str
    """What Plotly puts behind `x` and `y` for this pair of axes."""
    domain: tuple[float, float]


PANELS = (
    Panel("Loss", "loss", BLUE, "", (0.0, 0.42)),
    Panel("Accuracy", "accuracy", GREEN, "2", (0.54, 0.96)),
)
SHORT = 10
"""So many epochs have room for a tick each."""


def curves(shown: Curves) -> Figure:
    traces = [trace for panel in PANELS for trace in _traces(shown, panel)]
    notes = [text for panel in PANELS for text in (_title(panel), *_ends(shown, panel))]
    return figure(
        traces,
        {
            "height": 320,
            "margin": {"l": 48, "r": 72, "t": 48, "b": 48},
            "annotations": [*notes, *_best_label(shown.best)],
            "shapes": [line for panel in PANELS for line in _best_line(shown.best, panel)],
        }
        | _axes(len(shown.epochs)),
    )


def _traces(shown: Curves, panel: Panel) -> list[go.Scatter]:
    return [
        go.Scatter(
            x=list(shown.epochs),
            y=list(values),
            name=f"{label} {panel.metric}",
            # a line of one point shows nothing
            mode="lines+markers" if len(shown.epochs) == 1 else "lines",
            line={"color": panel.colour, "dash": dash, "width": 2},
            hovertemplate="%{y:.4f}, epoch %{x}",
            xaxis=f"x{panel.axes}",
            yaxis=f"y{panel.axes}",
        )
        for label, dash, values in _lines(shown, panel)
    ]


def _lines(shown: Curves, panel: Panel) -> list[tuple[str, str, Values]]:
    both = ("training", "dash", panel.metric), ("validation", "solid", f"val_{panel.metric}")
    return [(label, dash, shown.series[name]) for label, dash, name in both if name in shown.series]


def _axes(epochs: int) -> Figure:
    axes: Figure = {}
    # epochs are whole numbers: no tick at 1.5
    step = {"dtick": 1} if epochs <= SHORT else {}
    for panel in PANELS:
        anchors = {"x": f"x{panel.axes}", "y": f"y{panel.axes}"}
        axes[f"xaxis{panel.axes}"] = axis(
            "epoch", domain=list(panel.domain), showgrid=False, anchor=anchors["y"], **step
        )
        axes[f"yaxis{panel.axes}"] = axis(anchor=anchors["x"])
    return axes


def _title(panel: Panel) -> Figure:
    font = {"color": INK, "size": 14}
    return note(
        panel.title,
        x=panel.domain[0],
        y=1.0,
        xref="paper",
        yref="paper",
        xanchor="left",
        yshift=32,
        font=font,
    )


def _ends(shown: Curves, panel: Panel) -> list[Figure]:
    """Labels at the lines' ends instead of a legend, the higher one above its line; a gap has none."""
    ends = [(label, values[-1]) for label, _, values in _lines(shown, panel) if values]
    known = sorted(((value, label) for label, value in ends if value is not None), reverse=True)
    place = {"x": shown.epochs[-1] if shown.epochs else 0, "xref": f"x{panel.axes}", "yref": f"y{panel.axes}"}
    return [
        note(label, y=value, xanchor="left", xshift=6, yanchor=yanchor, **place)
        for (value, label), yanchor in zip(known, ("bottom", "top"), strict=False)
    ]


def _best_label(best: Best | None) -> list[Figure]:
    if best is None:
        return []
    text = f"best {best.monitor}, epoch {best.epoch}"
    return [note(text, x=best.epoch, xref="x", y=1.0, yref="paper", yanchor="bottom")]


def _best_line(best: Best | None, panel: Panel) -> list[Figure]:
    if best is None:
        return []
    ends = {"x0": best.epoch, "x1": best.epoch, "y0": 0, "y1": 1}
    axes = {"xref": f"x{panel.axes}", "yref": f"y{panel.axes} domain"}
    return [{"type": "line", "layer": "below", "line": {"color": GRID, "width": 2}} | ends | axes]
