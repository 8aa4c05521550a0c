"""A stream that is cut goes on after `Last-Event-ID`, wherever that was: no hole, no repeat."""

import pytest
from starlette.testclient import TestClient

from backend.db.engine import Database
from backend.lifecycle import leases
from backend.runs.create import queue_new_run
from backend.runs.event_log import record, record_log, record_status
from backend.runs.read import get_run
from backend.runs.schemas import RunCreate
from tests.support.streams import StreamEvent, read_stream

EPOCHS = 4


@pytest.fixture
def run(database: Database) -> str:
    """The id of a run that was queued, claimed, trained for four epochs and ended: eleven events."""
    with database.write() as session:
        queued, _ = queue_new_run(session, RunCreate(recipe="digits-quick"))
    with database.write() as session:
        assert leases.claim(session, "train-0@here", "cpu-0", 30) is not None
    for epoch in range(1, EPOCHS + 1):
        with database.write() as session:
            held = get_run(session, queued.id, lock=True)
            record_log(session, held, f"epoch {epoch}")
            record(session, held, "epoch", {"epoch": epoch, "metrics": {"loss": 1 / epoch}, "best": None})
    with database.write() as session:
        held = get_run(session, queued.id, lock=True)
        held.status, held.ended_by = "finished", "epochs"
        record_status(session, held)
    return queued.id


def read(client: TestClient, run: str, after: int | None = None, *, in_query: bool = False) -> list[StreamEvent]:
    query = {"last_event_id": after} if in_query else {}
    headers = {"Last-Event-ID": str(after)} if after is not None and not in_query else {}
    answer = client.get(f"/api/runs/{run}/events", params=query, headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/event-stream")
    return list(read_stream(answer.content.splitlines(keepends=True)))


def test_without_a_number_the_whole_run_is_told_and_then_its_end(client: TestClient, run: str) -> None:
    events = read(client, run)
    last = 2 + 2 * EPOCHS + 1
    assert [event.number for event in events] == [*range(1, last + 1), None]
    assert [event.kind for event in events] == ["status", "status", *["log", "epoch"] * EPOCHS, "status", "end"]
    assert {event.data["run"] for event in events} == {run}
    assert events[-1].data["status"] == "finished"
    assert [event.data["epoch"] for event in events if event.kind == "epoch"] == [1, 2, 3, 4]


@pytest.mark.parametrize("in_query", [False, True], ids=["header", "query"])
def test_cut_at_every_position_it_goes_on_with_the_next(client: TestClient, run: str, in_query: bool) -> None:
    whole = read(client, run)
    for cut in range(len(whole) - 1):
        assert read(client, run, after=cut, in_query=in_query) == whole[cut:]


def test_at_the_tail_of_an_ended_run_a_browser_is_told_to_stop(client: TestClient, run: str) -> None:
    last = read(client, run)[-2].number
    answer = client.get(f"/api/runs/{run}/events", headers={"Last-Event-ID": str(last)})
    assert (answer.status_code, answer.content) == (204, b"")


def test_the_header_of_a_reconnect_goes_before_the_query_of_the_first_address(client: TestClient, run: str) -> None:
    answer = client.get(f"/api/runs/{run}/events?last_event_id=1", headers={"Last-Event-ID": "10"})
    assert [line for line in answer.text.splitlines() if line.startswith("id:")] == ["id: 11"]


@pytest.mark.parametrize("number", ["abc", "-1", "1.5"])
def test_a_number_that_is_none_is_refused(client: TestClient, run: str, number: str) -> None:
    answer = client.get(f"/api/runs/{run}/events", headers={"Last-Event-ID": number})
    assert answer.status_code == 422
    assert number in answer.json()["detail"]


def test_a_run_that_is_not_there_has_no_stream(client: TestClient) -> None:
    assert client.get("/api/runs/nothing/events").status_code == 404
