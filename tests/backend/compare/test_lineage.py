"""`GET /api/compare/lineage`: ancestors and descendants with what changed, resumes, and decisions."""

from typing import Any

import pytest

from backend.compare import lineage as lineages
from backend.db.models import Run
from tests.support.runs.compared import SPEC, ComparedBoard


def descend(board: ComparedBoard, run: str, **columns: Any) -> str:
    with board.database.write() as session:
        for name, value in columns.items():
            setattr(session.get_one(Run, run), name, value)
    return run


def test_a_run_is_drawn_between_its_ancestors_and_descendants(board: ComparedBoard) -> None:
    first = board.run(name="first")
    second = descend(board, board.run(name="second", batch_size=64), cloned_from=first)
    third = board.run(name="third")
    with board.database.write() as session:
        run = session.get_one(Run, third)
        run.spec = {**run.spec, "init": {"run": second}}

    lineage = board.get("/api/compare/lineage", runs=second)

    assert [(node["name"], node["status"]) for node in lineage["nodes"]] == [
        ("first", "finished"), ("second", "finished"), ("third", "finished"),
    ]  # fmt: skip
    assert lineage["edges"] == [
        {"from": first, "to": second, "kind": "cloned", "epoch": None, "changes": {"batch_size": [32, 64]}},
        {"from": second, "to": third, "kind": "initialised", "epoch": None, "changes": {"batch_size": [64, 32]}},
    ]


def test_a_deleted_ancestor_is_a_node_of_its_own(board: ComparedBoard) -> None:
    first = board.run()
    second = descend(board, board.run(), cloned_from=first)
    board.client.delete(f"/api/runs/{first}")

    lineage = board.get("/api/compare/lineage", runs=second)

    assert lineage["nodes"][0] == {"id": first, "name": None, "status": "deleted", "best": None}
    assert lineage["edges"][0] == {"from": first, "to": second, "kind": "cloned", "epoch": None, "changes": {}}


def test_a_descendant_is_drawn_with_its_other_parent(board: ComparedBoard) -> None:
    first, other, both = board.run(name="first"), board.run(name="other"), board.run(name="both")
    with board.database.write() as session:
        run = session.get_one(Run, both)
        run.cloned_from, run.spec = first, {**run.spec, "init": {"run": other}}

    lineage = board.get("/api/compare/lineage", runs=first)

    assert [(node["name"], node["status"]) for node in lineage["nodes"]] == [
        ("first", "finished"), ("other", "finished"), ("both", "finished"),
    ]  # fmt: skip


def test_ancestors_beyond_the_limit_are_not_called_deleted(
    board: ComparedBoard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lineages, "MAX_ANCESTORS", 1)
    first = board.run(name="first")
    second = descend(board, board.run(name="second"), cloned_from=first)
    third = descend(board, board.run(name="third"), cloned_from=second)

    lineage = board.get("/api/compare/lineage", runs=third)

    assert [node["name"] for node in lineage["nodes"]] == ["second", "third"]
    assert [(edge["from"], edge["to"]) for edge in lineage["edges"]] == [(second, third)]


def test_runs_that_come_from_each_other_are_found_once(board: ComparedBoard) -> None:
    first = board.run()
    second = descend(board, board.run(), cloned_from=first)
    descend(board, first, cloned_from=second)

    lineage = board.get("/api/compare/lineage", runs=f"{first},{second}")

    assert (len(lineage["nodes"]), len(lineage["edges"])) == (2, 2)


def test_a_resume_is_an_edge_from_a_run_to_itself(board: ComparedBoard) -> None:
    run = board.client.post("/api/runs", json={"spec": SPEC}).json()["id"]
    board.client.post(f"/api/runs/{run}/stop", json={"mode": "kill"})
    board.client.post(f"/api/runs/{run}/resume", json={"epochs": 30})

    [edge] = board.get("/api/compare/lineage", runs=run)["edges"]

    assert edge == {"from": run, "to": run, "kind": "resumed", "epoch": 0, "changes": {"epochs": [15, 30]}}


def test_the_decisions_about_a_run_are_part_of_its_lineage(board: ComparedBoard) -> None:
    first, second = board.run(), board.run()
    board.client.post("/api/decisions", json={"runs": [first, second], "kept": second, "text": "B is better"})

    [decision] = board.get("/api/compare/lineage", runs=first)["decisions"]

    assert (decision["kept"], decision["text"]) == (second, "B is better")
