"""The coordinates of a report's charts."""

from backend.reports.charts import BOTTOM, LEFT, RIGHT, TOP, curves
from backend.runs.schemas import Series


def test_a_chart_has_the_lines_and_round_ticks() -> None:
    series = Series(
        epochs=[1, 2, 3],
        series={"loss": [0.9, 0.5, 0.1], "val_loss": [0.8, None, 0.15], "accuracy": [None] * 3},
        elapsed=[1, 2, 3],
    )
    (loss,) = curves(series, best_epoch=3)
    training, validation = sorted(loss.lines, key=lambda line: line.label)
    assert training.parts == [f"{LEFT},{TOP} {(LEFT + RIGHT) / 2},{(TOP + BOTTOM) / 2} {RIGHT},{BOTTOM}"]
    assert len(validation.parts) == 2, "a missing value is a gap"
    assert [tick.text for tick in loss.y_ticks] == ["0.2", "0.4", "0.6", "0.8"]
    assert [tick.text for tick in loss.x_ticks] == ["1", "3"]
    assert loss.best_x == RIGHT


def test_a_single_value_is_drawn_in_the_middle() -> None:
    (loss,) = curves(Series(epochs=[1], series={"loss": [2.0]}, elapsed=[1]), best_epoch=None)
    assert loss.lines[0].parts == [f"{(LEFT + RIGHT) / 2},{(TOP + BOTTOM) / 2}"]
    assert [tick.text for tick in loss.y_ticks] == ["2"]
