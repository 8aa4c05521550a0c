"""`GET /api/compare/groups`: whether the best two groups of runs differ by more than chance."""

from typing import Any

import pytest
from scipy.stats import ttest_ind, ttest_rel

from tests.support.runs.compared import ComparedBoard

FIRST, SECOND = [0.91, 0.92, 0.93], [0.90, 0.905, 0.925]


def runs(board: ComparedBoard, rate: float, scores: list[float], seeds: list[int]) -> None:
    adam = {"name": "adam", "learning_rate": rate}
    for score, seed in zip(scores, seeds, strict=True):
        board.run((), [{"val_accuracy": score, "val_loss": 1 - score}], seed=seed, optimizer=adam, epochs=77)


def group_test(board: ComparedBoard, rates: list[float], **query: Any) -> Any:
    where = [f"optimizer.learning_rate>={min(rates)}", f"optimizer.learning_rate<={max(rates)}", "epochs=77"]
    return board.get("/api/compare/groups", by="optimizer.learning_rate", where=where, **query)


def test_groups_of_the_same_seeds_are_compared_seed_by_seed(board: ComparedBoard) -> None:
    runs(board, 0.11, SECOND, [0, 1, 2])
    runs(board, 0.12, FIRST, [0, 1, 2])

    answer = group_test(board, [0.11, 0.12])

    assert (answer["test"], answer["n"], answer["groups"]) == ("paired-t", [3, 3], 2)
    assert (answer["first"], answer["second"]) == ({"optimizer.learning_rate": 0.12}, {"optimizer.learning_rate": 0.11})
    assert answer["difference"] == pytest.approx(0.01)
    assert answer["p_value"] == pytest.approx(ttest_rel(FIRST, SECOND).pvalue)


def test_groups_of_other_seeds_are_compared_by_welchs_test(board: ComparedBoard) -> None:
    runs(board, 0.21, SECOND, [0, 1, 2])
    runs(board, 0.22, FIRST, [2, 3, 4])
    runs(board, 0.23, [0.5], [0])

    answer = group_test(board, [0.21, 0.23])

    expected = ttest_ind(FIRST, SECOND, equal_var=False)
    assert (answer["test"], answer["groups"]) == ("welch-t", 3)
    assert answer["p_value"] == pytest.approx(expected.pvalue)
    assert answer["interval"] == pytest.approx(list(expected.confidence_interval()))
    assert group_test(board, [0.21, 0.23], column="last.val_loss")["first"] == {"optimizer.learning_rate": 0.22}


def test_too_few_results_are_no_test(board: ComparedBoard) -> None:
    runs(board, 0.31, [0.9], [0])
    assert group_test(board, [0.31]) is None

    runs(board, 0.32, [0.8], [0])
    answer = group_test(board, [0.31, 0.32])
    assert (answer["difference"], answer["interval"], answer["p_value"]) == (pytest.approx(0.1), None, None)


def test_runs_are_compared_by_numbers_of_fields_that_exist(board: ComparedBoard) -> None:
    refused = board.refused("/api/compare/groups", 422, by="seed", column="status")
    assert "a number, such as best.val_accuracy" in refused["detail"]
    board.refused("/api/compare/groups", 422, by="sead")
