"""Figures are plain JSON that Plotly reads."""

import json

import numpy as np
import plotly.io
import pytest

from backend.analysis.curves import Best, Curves, curves
from backend.analysis.figures import Figure
from backend.analysis.heatmap import heatmap

MATRIX = heatmap(np.array([[3, 0], [1, 2]]), ["7", "shirt"])
CURVES = curves(
    Curves(
        epochs=[1, 2],
        series={
            "loss": [0.9, None],
            "val_loss": [0.8, 0.7],
            "accuracy": [0.5, 0.6],
            "val_accuracy": [0.5, 0.7],
        },
        best=Best(epoch=2, monitor="val_loss"),
    )
)


@pytest.mark.parametrize("figure", [MATRIX, CURVES], ids=["confusion-matrix", "curves"])
def test_a_figure_is_plain_json_and_opens_in_a_notebook(figure: Figure) -> None:
    text = json.dumps(figure, allow_nan=False)
    assert "bdata" not in text
    assert len(text) < 6_000, "contains the default template of plotly.py"
    assert json.loads(plotly.io.from_json(text).to_json())["data"] == figure["data"]


def test_correct_and_wrong_cells_have_separate_scales() -> None:
    hits, mistakes = MATRIX["data"]
    assert hits["z"] == [[3, None], [None, 2]]
    assert mistakes["z"] == [[None, 0], [1, None]]
    assert (hits["zmax"], mistakes["zmax"]) == (3, 1)
    assert MATRIX["layout"]["xaxis"]["type"] == "category"


def test_shares_are_shown_in_percent_and_a_scale_without_mistakes_ends_at_1() -> None:
    hits, mistakes = heatmap(np.eye(2), ["a", "b"])["data"]
    assert hits["texttemplate"] == "%{z:.1%}"
    assert mistakes["zmax"] == 1


def test_a_matrix_of_many_classes_has_no_numbers() -> None:
    assert heatmap(np.eye(21), [str(n) for n in range(21)])["data"][0]["texttemplate"] == ""


def test_curves_show_gaps_ends_and_the_best_epoch() -> None:
    loss, val_loss, _, val_accuracy = CURVES["data"]
    assert (loss["x"], loss["y"], loss["line"]["dash"]) == ([1, 2], [0.9, None], "dash")
    assert (val_loss["y"], val_loss["line"]["dash"]) == ([0.8, 0.7], "solid")
    assert (val_accuracy["xaxis"], val_accuracy["yaxis"]) == ("x2", "y2")
    texts = [note["text"] for note in CURVES["layout"]["annotations"]]
    assert texts == ["Loss", "validation", "Accuracy", "validation", "training", "best val_loss, epoch 2"]
    assert [line["x0"] for line in CURVES["layout"]["shapes"]] == [2, 2]


def test_curves_of_a_run_without_an_epoch_are_empty() -> None:
    assert [trace["y"] for trace in curves(Curves(epochs=[], series={"loss": []}, best=None))["data"]] == [[]]
