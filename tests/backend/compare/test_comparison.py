"""`GET /api/compare`: settings, results, and the predictions of two runs on the same images."""

from typing import Any

import numpy as np
import pytest
from scipy.stats import binomtest

from backend.analysis.statistics.mcnemar import in_words, p_value, sentence
from backend.db.models import Export, Run
from tests.support.runs.compared import SPEC, ComparedBoard

RIGHT = [0, 0, 1, 1, 2, 2]


def compare(board: ComparedBoard, *runs: str, **query: Any) -> Any:
    return board.get("/api/compare", runs=",".join(runs), **query)


def test_only_the_settings_that_differ_are_differences(board: ComparedBoard) -> None:
    options = {"padding": "same", "dense_dropout": 0.5}
    first = board.run(RIGHT)
    second = board.run(RIGHT, model={"preset": "strided_cnn", "options": options}, optimizer={"name": "sgd"})

    comparison = compare(board, first, second)

    assert {item["path"]: item["values"] for item in comparison["differences"]} == {
        "model.options.dense_dropout": [0.0, 0.5],
        "optimizer.name": ["adam", "sgd"],
        "optimizer.learning_rate": [0.001, 0.01],
        "optimizer.beta_1": [0.9, None],
        "optimizer.beta_2": [0.999, None],
        "optimizer.epsilon": [1e-7, None],
        "optimizer.amsgrad": [False, None],
        "optimizer.momentum": [None, 0.0],
        "optimizer.nesterov": [None, False],
    }
    assert comparison["differences"][0]["defaults"] == [True, False]
    assert comparison["common"]["batch_size"] == 32


def test_a_part_that_only_one_run_has_is_not_listed_as_common(board: ComparedBoard) -> None:
    first, second = board.run(RIGHT), board.run(RIGHT, augmentation={"width_shift": 0.2})

    comparison = compare(board, first, second)

    assert "augmentation" not in comparison["common"]
    assert {"path": "augmentation.width_shift", "values": [None, 0.2], "defaults": [False, False]} in comparison[
        "differences"
    ]


def test_a_spec_of_an_older_version_has_the_defaults_of_newer_fields(board: ComparedBoard) -> None:
    first, second = board.run(RIGHT), board.run(RIGHT, precision="mixed_bfloat16")
    with board.database.write() as session:
        run = session.get_one(Run, first)
        run.spec = {key: value for key, value in run.spec.items() if key != "precision"}

    [difference] = compare(board, first, second)["differences"]

    assert difference == {
        "path": "precision", "values": ["float32", "mixed_bfloat16"], "defaults": [True, False]
    }  # fmt: skip


def test_each_run_has_its_result(board: ComparedBoard) -> None:
    metrics = [{"val_accuracy": 0.5, "seconds": 2.0}, {"val_accuracy": 2 / 3, "seconds": 1.5}]
    first, second = board.run(RIGHT, metrics), board.run(RIGHT)

    with board.database.write() as session:
        session.add(
            Export(run_id=first, kind="bundle", status="ready", of_sha256="0", touched_at=0.0, prediction_ms=0.42)
        )

    run, other = compare(board, first, second)["runs"]

    assert (run["id"], run["dataset"], run["model"], run["best"]["epoch"]) == (first, "digits", "strided_cnn", 2)
    assert run["result"] == {
        "epoch": 2,
        "images": 6,
        "accuracy": pytest.approx(2 / 3),
        "interval": [pytest.approx(0.3000, abs=1e-4), pytest.approx(0.9032, abs=1e-4)],  # statsmodels' Wilson
        "test_interval": None,
        "seconds": 3.5,
        "bytes": 4_400_000,
        "prediction_ms": 0.42,
    }
    assert other["result"]["prediction_ms"] is None


def test_two_runs_on_the_same_images_are_a_pair(board: ComparedBoard) -> None:
    first, second = board.run([0, 0, 1, 0, 0, 0]), board.run([0, 1, 1, 1, 2, 0])

    pair = compare(board, first, second)["pair"]

    counts = {name: pair[name] for name in ("n", "both_right", "only_first", "only_second", "both_wrong")}
    assert counts == {"n": 6, "both_right": 2, "only_first": 1, "only_second": 2, "both_wrong": 1}
    assert (pair["agreement"], pair["accuracy_difference"]) == (0.5, pytest.approx(1 / 6))
    assert (pair["p_value"], pair["test"], pair["better"]) == (1.0, "mcnemar-exact", None)
    assert pair["matrix"] == [[-1, 1, 0], [-1, 1, 0], [-1, 0, 1]]
    assert pair["sentence"] == (
        "B is right on 2 images where A is wrong, and wrong on 1 where A is right: "
        "that difference may be chance, p = 1.000."
    )


@pytest.mark.parametrize(("only_first", "only_second"), [(0, 0), (1, 0), (131, 212), (3, 3), (226, 334), (4000, 5000)])
def test_the_p_value_is_that_of_scipy(only_first: int, only_second: int) -> None:
    expected = binomtest(only_first, only_first + only_second).pvalue if only_first + only_second else 1.0

    assert p_value(only_first, only_second) == pytest.approx(expected, rel=1e-9)


def test_the_result_of_the_test_in_words() -> None:
    assert sentence(131, 212) == (
        "B is right on 212 images where A is wrong, and wrong on 131 where A is right: B is better, p = 0.00001."
    )
    assert sentence(9, 1).endswith("A is better, p = 0.021.")
    assert sentence(0, 0) == "A and B are right on exactly the same images."
    assert in_words(1e-12) == "p < 0.000001"


def test_runs_of_other_images_are_compared_without_their_predictions(board: ComparedBoard) -> None:
    board.dataset("pets", [0, 0, 1, 1, 2, 2], ["cat", "dog", "owl"])
    board.dataset("boots", [2, 2, 1, 1, 0, 0])
    first = board.run(RIGHT)
    others: dict[str, dict[str, Any]] = {
        "have other classes: ankle boot, bag, coat; and cat, dog, owl": {"name": "pets"},
        "were scored on other datasets, 'digits' and 'boots'": {"name": "boots"},
        "were scored on 6 and on 4 images": {"name": "digits", "test_limit": 4},
    }
    for reason, dataset in others.items():
        second = board.run(RIGHT[: dataset.get("test_limit", 6)], dataset=dataset)
        comparison = compare(board, first, second)
        assert comparison["pair"] is None
        assert reason in comparison["pair_reason"]
        assert comparison["pair_reason"].endswith("so their predictions can't be compared image by image.")


def test_runs_that_hold_back_other_images_are_not_a_pair(board: ComparedBoard) -> None:
    board.dataset("thirty", np.repeat([0, 1, 2], 10).tolist())
    held_back = {"name": "thirty", "validation": {"from": "train", "fraction": 0.3}}
    runs = [board.run([0] * 9, dataset=held_back, seed=seed) for seed in (0, 1, 0)]

    assert "hold back other training images" in compare(board, *runs[:2])["pair_reason"]
    assert compare(board, runs[0], runs[2])["pair"]["n"] == 9
    assert [run["result"]["images"] for run in compare(board, *runs)["runs"]] == [9, 9, 9]
    tested = board.run([0] * 30, dataset={"name": "thirty"})
    assert "images of other splits, train and test" in compare(board, runs[0], tested)["pair_reason"]


@pytest.mark.parametrize(("status", "yet"), [("queued", " yet"), ("failed", ""), ("stopped", "")])
def test_a_run_without_predictions_is_compared_by_its_settings(board: ComparedBoard, status: str, yet: str) -> None:
    run_id = board.client.post("/api/runs", json={"spec": SPEC}).json()["id"]
    with board.database.write() as session:
        session.get_one(Run, run_id).status = status

    comparison = compare(board, board.run(RIGHT), run_id)

    assert comparison["pair_reason"] == f"Run 'digits strided_cnn' has no finished epoch{yet}; it is {status}."
    assert comparison["runs"][1]["result"]["accuracy"] is None


def test_runs_without_a_test_split_have_no_pair_there(board: ComparedBoard) -> None:
    comparison = compare(board, board.run(RIGHT), board.run(RIGHT), split="test")

    assert "it validates on the test images" in comparison["pair_reason"]
    assert comparison["runs"][0]["result"]["images"] == 6
    assert comparison["runs"][0]["result"]["accuracy"] is None


def test_three_runs_have_no_pair(board: ComparedBoard) -> None:
    runs = [board.run(RIGHT, seed=seed) for seed in range(3)]

    comparison = compare(board, *runs)

    assert comparison["pair_reason"] == "Predictions are compared image by image for two runs; these are 3."
    assert [(item["path"], item["values"]) for item in comparison["differences"]] == [("seed", [0, 1, 2])]


def test_what_is_no_selection_of_runs_is_refused(board: ComparedBoard) -> None:
    run = board.run(RIGHT)
    for runs, message in {
        run: "Name 2 to 50 runs by their ids, separated by commas; you gave 1.",
        ",".join(
            f"{run}{number}" for number in range(51)
        ): "Name 2 to 50 runs by their ids, separated by commas; you gave 51.",
        f"{run},{run}": f'Run "{run}" is named twice; name each run once.',
    }.items():
        problem = board.refused("/api/compare", 422, runs=runs)
        assert (problem["detail"], problem["errors"][0]["loc"]) == (message, ["query", "runs"])
    assert board.refused("/api/compare", 404, runs=f"{run},gone")["detail"] == (
        'There is no run "gone"; it may have been deleted.'
    )


def test_a_run_that_is_deleted_while_it_is_compared_is_404(board: ComparedBoard) -> None:
    first, second = board.run(RIGHT), board.run(RIGHT)
    assert compare(board, first, second)["pair"]["n"] == 6

    board.client.delete(f"/api/runs/{second}")

    assert second in board.refused("/api/compare", 404, runs=f"{first},{second}")["detail"]
