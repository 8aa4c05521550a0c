"""Decisions on compared runs: kept with all of them, also after a run is deleted."""

from typing import Any

import pytest

from tests.support.runs.compared import ComparedBoard


@pytest.fixture(scope="module")
def runs(board: ComparedBoard) -> list[str]:
    return [board.run(name="A"), board.run(name="B")]


def decide(board: ComparedBoard, **decision: Any) -> Any:
    response = board.client.post("/api/decisions", json=decision)
    assert response.status_code == 201, response.text
    return response.json()


def test_a_decision_is_found_from_each_of_its_runs(board: ComparedBoard, runs: list[str]) -> None:
    decision = decide(board, runs=runs, kept=runs[1], text="B is better on bags,\nat the same time.")

    assert (decision["runs"], decision["names"]) == (runs, {runs[0]: "A", runs[1]: "B"})
    for run in runs:
        assert board.get("/api/decisions", run=run)["items"] == [decision]
    assert board.get("/api/decisions", run="another")["total"] == 0
    assert board.client.delete(f"/api/decisions/{decision['id']}").status_code == 204
    assert board.client.delete(f"/api/decisions/{decision['id']}").status_code == 404


def test_a_decision_outlives_its_runs_and_keeps_their_names(board: ComparedBoard) -> None:
    first, second = board.run(name="first"), board.run(name="second")
    decision = decide(board, runs=[first, second], text="Neither is better.")
    board.client.delete(f"/api/runs/{first}")
    board.client.patch(f"/api/runs/{second}", json={"name": "renamed"})

    [kept] = board.get("/api/decisions", run=first)["items"]

    assert kept == {**decision, "names": {first: "first", second: "renamed"}, "deleted": [first]}


def test_decisions_are_paged_newest_first(board: ComparedBoard) -> None:
    runs = [board.run(), board.run()]
    ids = [decide(board, runs=runs, text=str(number))["id"] for number in range(3)]

    page = board.get("/api/decisions", run=runs[0], limit=2)
    rest = board.get("/api/decisions", run=runs[0], limit=2, cursor=page["next_cursor"])

    assert [item["id"] for item in page["items"] + rest["items"]] == ids[::-1]
    assert (page["total"], rest["next_cursor"]) == (3, None)


def test_what_is_no_decision_is_refused(board: ComparedBoard, runs: list[str]) -> None:
    for change, loc, message in (
        ({"runs": [runs[0], "gone"]}, ["runs", 1], 'there is no run "gone"; it may have been deleted'),
        ({"runs": [runs[0], runs[0]]}, ["runs", 1], f'run "{runs[0]}" is named twice; name each run once'),
        ({"runs": runs[:1]}, ["runs"], f'must have at least 2 items; you gave ["{runs[0]}"]'),
        ({"kept": "gone"}, ["kept"], 'the run that is kept must be one of runs; you gave "gone"'),
        ({"text": ""}, ["text"], 'must have at least 1 character; you gave ""'),
    ):
        response = board.client.post("/api/decisions", json={"runs": runs, "text": "B", **change})
        assert response.status_code == 422
        assert response.json()["errors"] == [{"loc": loc, "msg": message}]
