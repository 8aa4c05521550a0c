"""The figure `curves`: loss and accuracy by epoch, training dashed, validation solid, the best epoch marked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from backend.analysis.figures import BLUE, GREEN, GRID, INK, Figure, axis, figure, note

Values = Sequence[float | None]


@dataclass(frozen=True)
class Best:
    """The best epoch by the metric `monitor`."""

    epoch: int
    monitor: str


@dataclass(frozen=True)
class Curves:
    """`series` may hold loss, val_loss, accuracy and val_accuracy, each as long as `epochs`; None is a gap."""

    epochs: Sequence[int]
    series: Mapping[str, Values]
    best: Best | None


@dataclass(frozen=True)
class Panel:
    """One of the charts side by side. `axes` is Plotly's suffix of its `x` and `y` axes, `domain` its width."""

    title: str
    metric: str
    colour: str
    axes: str
    domain: tuple[float, float]


PANELS = (
    Panel("Loss", "loss", BLUE, "", (0.0, 0.42)),
    Panel("Accuracy", "accuracy", GREEN, "2", (0.54, 0.96)),
)
MAX_TICKS = 10  # up to so many epochs, each has a tick


def curves(history: Curves) -> Figure:
    """Returns the figure, 320 pixels high."""
    traces = [trace for panel in PANELS for trace in _traces(history, panel)]
    notes = [text for panel in PANELS for text in (_title(panel), *_end_labels(history, panel))]
    return figure(
        traces,
        {
            "height": 320,
            "margin": {"l": 48, "r": 72, "t": 48, "b": 48},
            "annotations": [*notes, *_best_label(history.best)],
            "shapes": [line for panel in PANELS for line in _best_line(history.best, panel)],
        }
        | _axes(len(history.epochs)),
    )


def _traces(history: Curves, panel: Panel) -> list[go.Scatter]:
    return [
        go.Scatter(
            x=list(history.epochs),
            y=list(values),
            name=f"{label} {panel.metric}",
            # a line of a single point is invisible
            mode="lines+markers" if len(history.epochs) == 1 else "lines",
            line={"color": panel.colour, "dash": dash, "width": 2},
            hovertemplate="%{y:.4f}, epoch %{x}",
            xaxis=f"x{panel.axes}",
            yaxis=f"y{panel.axes}",
        )
        for label, dash, values in _lines(history, panel)
    ]


def _lines(history: Curves, panel: Panel) -> list[tuple[str, str, Values]]:
    curve_styles = ("training", "dash", panel.metric), ("validation", "solid", f"val_{panel.metric}")
    return [(label, dash, history.series[name]) for label, dash, name in curve_styles if name in history.series]


def _axes(epochs: int) -> Figure:
    axes: Figure = {}
    # epochs are whole numbers: no tick at 1.5
    step = {"dtick": 1} if epochs <= MAX_TICKS else {}
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


def _end_labels(history: Curves, panel: Panel) -> list[Figure]:
    """Returns labels at the ends of the lines instead of a legend; a line that ends in a gap has none."""
    ends = [(label, values[-1]) for label, _, values in _lines(history, panel) if values]
    values_and_labels = sorted(((value, label) for label, value in ends if value is not None), reverse=True)
    position = {"x": history.epochs[-1] if history.epochs else 0, "xref": f"x{panel.axes}", "yref": f"y{panel.axes}"}
    return [
        note(label, y=value, xanchor="left", xshift=6, yanchor=yanchor, **position)
        for (value, label), yanchor in zip(values_and_labels, ("bottom", "top"), strict=False)
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
