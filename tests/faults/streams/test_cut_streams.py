"""A stream that was cut anywhere continues after `Last-Event-ID`: no event is missing or repeated."""

import pytest
from starlette.testclient import TestClient

from backend.db.engine import Database
from backend.lifecycle import leases
from backend.runs.create import queue_new_run
from backend.runs.event_log import record, record_log, record_status
from backend.runs.read import get_run
from backend.runs.schemas import RunCreate
from tests.support.service.streams import StreamEvent, epochs_of, read_stream

EPOCHS = 4


@pytest.fixture
def run(database: Database) -> str:
    """Returns the id of a run that was queued, claimed, trained for four epochs and ended: eleven events."""
    with database.write() as session:
        queued, _ = queue_new_run(session, RunCreate(recipe="digits-quick"))
    with database.write() as session:
        assert leases.claim(session, "train-0@here", "cpu-0", 30) is not None
    for epoch in range(1, EPOCHS + 1):
        with database.write() as session:
            run = get_run(session, queued.id, lock=True)
            record_log(session, run, f"epoch {epoch}")
            record(session, run, "epoch", {"epoch": epoch, "metrics": {"loss": 1 / epoch}, "best": None})
    with database.write() as session:
        run = get_run(session, queued.id, lock=True)
        run.status, run.ended_by = "finished", "epochs"
        record_status(session, run)
    return queued.id


def read(client: TestClient, run: str, after: int | None = None, *, in_query: bool = False) -> list[StreamEvent]:
    query = {"last_event_id": after} if in_query else {}
    headers = {"Last-Event-ID": str(after)} if after is not None and not in_query else {}
    response = client.get(f"/api/runs/{run}/events", params=query, headers=headers)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"].startswith("text/event-stream")
    return list(read_stream(response.content.splitlines(keepends=True)))


def test_without_a_number_the_stream_has_the_whole_run_and_its_end(client: TestClient, run: str) -> None:
    events = read(client, run)
    last = 2 + 2 * EPOCHS + 1
    assert [event.number for event in events] == [*range(1, last + 1), None]
    assert [event.kind for event in events] == ["status", "status", *["log", "epoch"] * EPOCHS, "status", "end"]
    assert {event.data["run"] for event in events} == {run}
    assert events[-1].data["status"] == "finished"
    assert epochs_of(events) == [1, 2, 3, 4]


@pytest.mark.parametrize("in_query", [False, True], ids=["header", "query"])
def test_a_stream_cut_after_any_event_continues_with_the_next(client: TestClient, run: str, in_query: bool) -> None:
    whole = read(client, run)
    for cut in range(len(whole) - 1):
        assert read(client, run, after=cut, in_query=in_query) == whole[cut:]


def test_after_the_last_event_of_an_ended_run_the_response_makes_a_browser_stop(client: TestClient, run: str) -> None:
    last = read(client, run)[-2].number
    response = client.get(f"/api/runs/{run}/events", headers={"Last-Event-ID": str(last)})
    assert (response.status_code, response.content) == (204, b"")


def test_the_header_of_a_reconnect_takes_precedence_over_the_query_of_the_address(client: TestClient, run: str) -> None:
    response = client.get(f"/api/runs/{run}/events?last_event_id=1", headers={"Last-Event-ID": "10"})
    assert [line for line in response.text.splitlines() if line.startswith("id:")] == ["id: 11"]


@pytest.mark.parametrize("number", ["abc", "-1", "1.5"])
def test_an_invalid_event_number_is_refused(client: TestClient, run: str, number: str) -> None:
    response = client.get(f"/api/runs/{run}/events", headers={"Last-Event-ID": number})
    assert response.status_code == 422
    assert number in response.json()["detail"]


def test_an_unknown_run_has_no_stream(client: TestClient) -> None:
    assert client.get("/api/runs/nothing/events").status_code == 404
