"""What labels, quizzes, versions and evaluations ask of the database, on SQLite and on PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from backend.db.engine import Database
from backend.db.models import Dataset, Evaluation, Run
from backend.evaluations import jobs
from backend.runs import best_model_jobs
from backend.settings import Settings
from tests.support.runs.compared import ComparedBoard
from tests.support.runs.judged import judging_run

LABELS = [0, 1, 2] * 4
SAYS = [1, *LABELS[1:]]


@pytest.fixture
def board(database: Database, client: TestClient, settings: Settings) -> ComparedBoard:
    board = ComparedBoard(database, settings.data_dir, client)
    board.dataset("shoes", LABELS)
    board.get("/api/datasets/shoes")  # the client reads the documentation, which several threads can't do at once
    return board


@pytest.fixture
def run(board: ComparedBoard) -> str:
    return judging_run(board, SAYS, {0: 0.97}, dataset={"name": "shoes"})


def at_once(board: ComparedBoard, method: str, path: str, bodies: list[dict[str, Any]]) -> list[int]:
    """Sends all requests at the same time, and returns their status codes in ascending order."""
    with ThreadPoolExecutor(len(bodies)) as threads:
        responses = threads.map(lambda body: board.client.request(method, path, json=body), bodies)
        return sorted(response.status_code for response in responses)


def test_of_people_who_decide_at_once_about_an_image_one_is_first(board: ComparedBoard, run: str) -> None:
    decision = {"split": "test", "index": 0, "revision": None}
    bodies = [{"by": by, "decisions": [{**decision, "do": "keep"}]} for by in ("Ada", "Bob", "Eve", "Mia")]

    codes = at_once(board, "PUT", "/api/datasets/shoes/label-decisions", bodies)

    assert codes == [200, 409, 409, 409]
    (suspect,) = board.get("/api/datasets/shoes/suspects", runs=run)["items"]
    assert suspect["decision"]["do"] == "keep"
    assert board.get("/api/datasets/shoes/corrections")["kept"] == 1


def test_players_at_once_are_all_counted(board: ComparedBoard, run: str) -> None:
    quiz = board.client.post(f"/api/runs/{run}/quizzes", json={}).json()
    bodies = [{"player": player, "answers": ["bag"] * len(quiz["images"])} for player in ("Ada", "Bob", "Eve", "ada")]

    assert at_once(board, "POST", f"/api/quizzes/{quiz['id']}/answers", bodies) == [201, 201, 201, 409]

    suspects = board.get("/api/datasets/shoes/suspects", limit=200)["items"]
    assert {item["people"]["answers"] for item in suspects if item["people"]} == {3}


def test_versions_that_are_made_at_once_have_numbers_of_their_own(board: ComparedBoard, database: Database) -> None:
    change = {"changes": [{"split": "test", "index": 0, "do": "leave_out"}]}

    assert at_once(board, "POST", "/api/datasets/shoes/versions", [change] * 3) == [202] * 3

    with database.read() as session:
        assert set(session.scalars(select(Dataset.name))) == {"shoes", "shoes@2", "shoes@3", "shoes@4"}


def test_an_evaluation_is_claimed_once_and_goes_with_its_run(board: ComparedBoard, run: str) -> None:
    assert at_once(board, "POST", f"/api/runs/{run}/evaluations", [{"kind": "map"}] * 3) == [202] * 3

    with board.database.write() as session:
        job = best_model_jobs.claim(session, Evaluation)
    assert job is not None
    with board.database.write() as session:
        assert best_model_jobs.claim(session, Evaluation) is None
        assert best_model_jobs.touch(session, job, progress=0.5)
        jobs.mark_ready(session, job, epoch=1, of_sha256="0", files={}, result={})
    assert board.get(f"/api/runs/{run}/evaluations")["items"][0]["status"] == "ready"

    assert board.client.delete(f"/api/runs/{run}").status_code == 204
    with board.database.read() as session:
        assert session.get(Run, run) is None
        assert session.get(Evaluation, (run, "map")) is None
