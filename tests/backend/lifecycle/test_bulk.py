"""Changes of many runs by one request: what is done, what is refused, files, and other writers at the same time."""

import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError
from starlette.testclient import TestClient

from backend.db.engine import Database
from backend.errors import Unavailable
from backend.lifecycle import batches
from backend.settings import Settings
from tests.support.runs.run_life import launch
from tests.support.runs.stored_runs import write_runs


def change(client: TestClient, **body: Any) -> Any:
    answer = client.post("/api/runs/bulk", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def tags(client: TestClient) -> dict[str, list[str]]:
    return {run["id"]: run["tags"] for run in client.get("/api/runs", params={"sort": "id"}).json()["items"]}


def test_runs_that_have_ended_are_deleted_with_their_files_and_others_refused(
    client: TestClient, database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "BATCH", 2)
    ended = write_runs(database, {}, {}, {})
    active = launch(client)
    for run_id in (*ended, active):
        (settings.data_dir / "runs" / run_id).mkdir(parents=True)

    result = change(client, ids=[*ended, active, "nobody", ended[0]], do="delete")

    assert result == {
        "done": 3,
        "refused": [
            {"id": active, "detail": "Run 'digits-quick' is queued; it can be deleted once it has ended."},
            {"id": "nobody", "detail": "There is no run 'nobody'; it may have been deleted."},
        ],
    }
    assert [folder.name for folder in (settings.data_dir / "runs").iterdir()] == [active]
    assert client.get("/api/runs").json()["total"] == 1


def test_all_runs_that_match_a_query_are_stopped(client: TestClient, database: Database) -> None:
    write_runs(database, {"name": "ended"})
    queued = [launch(client), launch(client)]

    result = change(client, query={"dataset": "digits", "where": "batch_size>1"}, do="stop", mode="kill")

    assert (result["done"], [refusal["id"] for refusal in result["refused"]]) == (2, ["r000000"])
    assert {client.get(f"/api/runs/{run_id}").json()["ended_by"] for run_id in queued} == {"kill"}


def test_runs_that_match_are_deleted_except_some(client: TestClient, database: Database) -> None:
    write_runs(database, {"tags": ["a"]}, {"tags": ["a"]}, {"tags": ["a"]}, {})

    result = change(client, query={"tag": "a"}, without=["r000001", "r000003", "nobody"], expected=2, do="delete")

    assert result == {"done": 2, "refused": []}
    assert [*tags(client)] == ["r000001", "r000003"]


@pytest.mark.parametrize("expected", [0, 2, 4])
def test_nothing_is_changed_where_another_number_of_runs_would_be_than_expected(
    client: TestClient, database: Database, expected: int
) -> None:
    write_runs(database, {}, {}, {}, {})

    answer = client.post(
        "/api/runs/bulk", json={"query": {}, "without": ["r000001"], "expected": expected, "do": "delete"}
    )

    assert (answer.status_code, answer.json()["detail"]) == (
        409,
        f"The number of runs to change is 3 now, not {expected}, so nothing was changed; look at the list again and "
        "choose them anew.",
    )
    assert client.get("/api/runs").json()["total"] == 4


def test_nothing_is_changed_where_a_run_that_is_left_out_no_longer_matches(
    client: TestClient, database: Database
) -> None:
    write_runs(database, {"tags": ["a"]}, {"tags": ["a"]}, {"tags": ["a"]})
    client.patch("/api/runs/r000002", json={"tags": []})
    named = client.get("/api/runs", params={"tag": "a"}).json()["total"] - 1

    answer = client.post(
        "/api/runs/bulk", json={"query": {"tag": "a"}, "without": ["r000002"], "expected": named, "do": "delete"}
    )

    assert (named, answer.status_code) == (1, 409)
    assert client.get("/api/runs").json()["total"] == 3


def test_tags_are_added_and_taken_away_once(client: TestClient, database: Database) -> None:
    full = [f"t{number}" for number in range(20)]
    write_runs(database, {"tags": ["a", "keep"]}, {}, {"tags": full})

    added = change(client, query={}, do="tag", tag="keep")
    assert tags(client) == {"r000000": ["a", "keep"], "r000001": ["keep"], "r000002": full}
    assert (added["done"], added["refused"][0]["id"]) == (2, "r000002")
    assert "has 20 tags, as many as a run may have" in added["refused"][0]["detail"]

    assert change(client, query={"tag": "keep"}, do="untag", tag="keep") == {"done": 2, "refused": []}
    assert tags(client) == {"r000000": ["a"], "r000001": [], "r000002": full}
    assert client.get("/api/runs", params={"q": "keep"}).json()["total"] == 0


@pytest.mark.parametrize(
    ("body", "loc", "message"),
    [
        ({"do": "delete"}, ["ids"], "give either the ids of runs or a query, and not both"),
        ({"do": "delete", "ids": [], "query": {}}, ["ids"], "and not both"),
        ({"do": "delete", "ids": [], "without": []}, ["without"], "belongs to a query; leave it out"),
        ({"do": "delete", "ids": [], "expected": 0}, ["expected"], "belongs to a query; leave it out"),
        ({"do": "delete", "query": {}, "expected": -1}, ["expected"], "must be"),
        ({"do": "tag", "ids": []}, ["tag"], "is what `tag` and `untag` add and take away"),
        ({"do": "stop", "ids": [], "tag": "x"}, ["tag"], "leave it out for other changes"),
        ({"do": "delete", "ids": [], "mode": "kill"}, ["mode"], "says how to stop"),
        ({"do": "archive", "ids": []}, ["do"], "must be 'stop', 'delete', 'tag' or 'untag'"),
        ({"do": "delete", "query": {"where": ["sed=1"]}}, ["query", "where", 0], 'there is no field "sed"'),
        (
            {"do": "delete", "query": {"limit": 3}},
            ["query", "limit"],
            "there is no such field; allowed here: id, status",
        ),
        ({"do": "delete", "ids": ["x"] * 10_001}, ["ids"], "at most 10000 items"),
    ],
)
def test_a_bad_request_changes_nothing(
    client: TestClient, database: Database, body: dict[str, Any], loc: list[Any], message: str
) -> None:
    write_runs(database, {})

    answer = client.post("/api/runs/bulk", json=body)

    [error] = answer.json()["errors"]
    assert (answer.status_code, error["loc"]) == (422, loc)
    assert message in error["msg"]
    assert client.get("/api/runs").json()["total"] == 1


def test_another_writer_does_not_wait_for_all_batches(
    client: TestClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "BATCH", 10)
    write_runs(database, *({} for _ in range(80)))
    bulk_change = threading.Thread(target=change, args=(client,), kwargs={"query": {}, "do": "tag", "tag": "x"})
    waits: list[float] = []

    bulk_change.start()
    while bulk_change.is_alive():
        began = time.monotonic()
        with database.write():
            waits.append(time.monotonic() - began)
        time.sleep(0.02)

    assert len(waits) > 3
    assert max(waits) < 2, waits


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_two_requests_that_name_the_same_runs_in_opposite_order_do_not_block_each_other(
    client: TestClient, database: Database
) -> None:
    runs = write_runs(database, *({} for _ in range(50)))

    with ThreadPoolExecutor(2) as threads:
        orders = threads.map(lambda ids: change(client, ids=ids, do="tag", tag=ids[0]), (runs, runs[::-1]))
        results = list(orders)

    assert [result["done"] for result in results] == [50, 50]


def test_a_database_that_stops_answering_in_between_is_reported_with_what_was_done() -> None:
    changed: list[str] = []

    def change(batch: Sequence[str]) -> None:
        if changed:
            raise OperationalError("UPDATE runs", {}, Exception("database is locked"))
        changed.extend(batch)

    with pytest.raises(Unavailable, match="; 50 of 120 runs were changed"):
        batches.in_batches([f"{number}" for number in range(120)], change)
