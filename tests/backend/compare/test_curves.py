"""`GET /api/compare/curves`: lines of runs, and bands of groups."""

from typing import Any

import pytest

from tests.support.runs.compared import ComparedBoard


def values(*accuracies: float | None, seconds: float = 2.0) -> list[dict[str, float | None]]:
    return [{"val_accuracy": accuracy, "seconds": seconds} for accuracy in accuracies]


def curves(board: ComparedBoard, *runs: str, **query: Any) -> Any:
    return board.get("/api/compare/curves", runs=",".join(runs), **query)


def test_each_run_has_a_line(board: ComparedBoard) -> None:
    first, second = board.run((), values(0.5, 0.7), name="A"), board.run((), values(0.6, None, 0.8), name="B")

    answer = curves(board, first, second)

    assert (answer["metric"], answer["x"], answer["total"], answer["left_out"]) == ("val_accuracy", "epoch", 2, [])
    assert answer["lines"][1] == {
        "label": "B", "values": None, "run": second, "n": 1, "x": [1, 2, 3], "counts": [1, 0, 1],
        "mean": [0.6, None, 0.8], "low": [0.6, None, 0.8], "high": [0.6, None, 0.8],
    }  # fmt: skip


def test_the_axis_may_be_seconds_or_images_seen(board: ComparedBoard) -> None:
    run = board.run((), values(0.5, 0.7, seconds=1.5), dataset={"name": "digits", "train_limit": 4})

    assert curves(board, run, x="seconds")["lines"][0]["x"] == [1.5, 3.0]
    assert curves(board, run, x="images")["lines"][0]["x"] == [4, 8]


def test_a_group_is_drawn_as_mean_and_standard_deviation(board: ComparedBoard) -> None:
    runs = [
        board.run((), values(0.5, 0.7), seed=0),
        board.run((), values(0.7), seed=1),  # ended earlier
        board.run((), values(0.9, 0.9), optimizer={"name": "sgd", "momentum": 0.9}),
    ]

    adam, sgd = curves(board, *runs, group_by="optimizer.momentum,optimizer.name")["lines"][::-1]

    assert (adam["label"], adam["values"]["optimizer.momentum"], adam["n"], adam["counts"]) == (
        "optimizer.momentum = not set, optimizer.name = adam", None, 2, [2, 1],
    )  # fmt: skip
    assert (adam["mean"], adam["low"][0]) == (pytest.approx([0.6, 0.7]), pytest.approx(0.6 - 0.02**0.5))
    assert (adam["low"][1], sgd["mean"], sgd["values"]) == (
        0.7, [0.9, 0.9], {"optimizer.momentum": 0.9, "optimizer.name": "sgd"},
    )  # fmt: skip


def test_a_group_by_seconds_is_interpolated_between_its_epochs(board: ComparedBoard) -> None:
    runs = [board.run((), values(0.0, 1.0, seconds=1.0)), board.run((), values(0.0, 1.0, seconds=2.0))]

    [line] = curves(board, *runs, group_by="dataset", x="seconds")["lines"]

    assert (line["x"], line["mean"], line["counts"]) == ([1, 2, 4], [0.0, 0.5, 1.0], [1, 2, 1])


def test_a_run_without_the_metric_is_left_out_with_the_reason(board: ComparedBoard) -> None:
    runs = [board.run((), values(0.5), name="A"), board.run((), [{"loss": 1.0}], name="B")]

    answer = curves(board, *runs)

    assert [line["label"] for line in answer["lines"]] == ["A"]
    assert answer["left_out"] == [
        {"run": runs[1], "name": "B", "reason": "It has no value of val_accuracy yet; it is finished."}
    ]


def test_all_runs_that_match_the_filters_of_the_list_are_drawn(
    board: ComparedBoard, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = [board.run((), values(0.5), batch_size=size) for size in (77, 78, 79)]
    query = {"where": ["batch_size>=77", "batch_size<79"]}

    assert [line["run"] for line in board.get("/api/compare/curves", **query)["lines"]] == [runs[1], runs[0]]
    monkeypatch.setattr("backend.compare.curves.MAX_RUNS", 1)
    assert board.refused("/api/compare/curves", 422, **query)["detail"] == (
        "2 runs match, at most 1 can be drawn; add a filter that fewer runs match."
    )


def test_a_long_curve_keeps_its_extremes(board: ComparedBoard) -> None:
    accuracies = [0.5] * 300
    accuracies[123], accuracies[200] = 0.1, 0.9
    run = board.run((), values(*accuracies))

    [line] = curves(board, run, max_points=20)["lines"]

    assert len(line["x"]) <= 20
    assert {1, 124, 201, 300} <= set(line["x"])


def test_curves_are_downloaded_as_csv_with_numbers_that_parse_back(board: ComparedBoard) -> None:
    run = board.run((), values(0.1 + 0.2, None), name="=A")

    response = board.client.get("/api/compare/curves.csv", params={"runs": run})

    assert response.headers["Content-Type"].startswith("text/csv")
    assert response.text == (
        "label,run,epoch,val_accuracy,low,high,runs\n"
        f"'=A,{run},1,0.30000000000000004,0.30000000000000004,0.30000000000000004,1\n"
        f"'=A,{run},2,,,,0\n"
    )


def test_what_can_not_be_drawn_is_refused(board: ComparedBoard) -> None:
    run = board.run((), values(0.5))
    rate, either = "optimizer.rate", "give either runs or filters; you gave runs and dataset"
    for query, message in (
        ({"metric": "val_acuracy"}, 'there is no metric "val_acuracy"; the metrics are loss, accuracy, val_loss'),
        ({"group_by": rate}, f'there is no field "{rate}"; similar ones are optimizer.'),
        ({"dataset": "digits"}, either),
        ({"runs": f"{run},{run}"}, f'run "{run}" is named twice; name each run once'),
    ):
        problem = board.refused("/api/compare/curves", 422, **{"runs": run, **query})
        assert problem["errors"][0]["msg"].startswith(message)
    assert "gone" in board.refused("/api/compare/curves", 404, runs=f"{run},gone")["detail"]
