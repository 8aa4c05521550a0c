"""Stopping runs over HTTP, on both databases."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import update
from starlette.testclient import TestClient

from backend.db.engine import Database
from backend.db.models import Run
from backend.lifecycle import leases
from backend.lifecycle.leases import Fenced, Lease
from backend.runs.event_log import stored_events
from backend.settings import Settings
from tests.support.runs.run_life import claim, claim_writer, launch, saved_epoch
from worker.run_writer import RunWriter
from worker.training.report import Outcome

Training = tuple[str, RunWriter]


@pytest.fixture
def training(client: TestClient, database: Database, settings: Settings) -> Training:
    """Returns a run that has trained one epoch, and its writer."""
    run_id = launch(client)
    writer = claim_writer(database, settings)
    writer.training_started(10)
    writer.save_epoch(saved_epoch(writer, 1))
    return run_id, writer


def stop(client: TestClient, run_id: str, mode: str, status: int = 202) -> Any:
    answer = client.post(f"/api/runs/{run_id}/stop", json={"mode": mode})
    assert answer.status_code == status, answer.text
    return answer.json()


def texts(client: TestClient, run_id: str) -> list[str]:
    return [line["text"] for line in client.get(f"/api/runs/{run_id}/log").json()["items"]]


@pytest.mark.parametrize("mode", ["finish", "kill"])
def test_a_queued_run_is_stopped_at_once(client: TestClient, database: Database, mode: str) -> None:
    first, second = launch(client), launch(client)

    stopped = stop(client, first, mode)

    assert (stopped["status"], stopped["ended_by"], stopped["queue_position"]) == ("stopped", mode, None)
    assert stopped["finished_at"] is not None
    assert client.get(f"/api/runs/{second}").json()["queue_position"] == 1
    assert claim(database).run_id == second
    assert texts(client, first) == ["Removed from the queue; no epoch was complete"]


def test_finish_ends_a_run_after_the_current_epoch(client: TestClient, database: Database, settings: Settings) -> None:
    run_id = launch(client)
    writer = claim_writer(database, settings)
    writer.training_started(10)
    assert writer.save_epoch(saved_epoch(writer, 1)) is False

    stopping = stop(client, run_id, "finish")
    stop_requested = writer.save_epoch(saved_epoch(writer, 2))
    final = saved_epoch(writer, 9).state
    writer.record_end(Outcome("finish", final, final))

    run = client.get(f"/api/runs/{run_id}").json()
    assert (stopping["status"], stopping["stop"], stopping["ended_by"]) == ("stopping", "finish", None)
    assert stop_requested is True
    assert (run["status"], run["ended_by"], run["epoch"]) == ("stopped", "finish", 2)
    assert "Finish requested: the run ends after epoch 2" in texts(client, run_id)


def test_a_preparing_run_that_is_to_finish_trains_one_epoch(
    client: TestClient, database: Database, settings: Settings
) -> None:
    run_id = launch(client)
    writer = claim_writer(database, settings)

    assert stop(client, run_id, "finish")["status"] == "preparing"
    writer.training_started(10)

    assert client.get(f"/api/runs/{run_id}").json()["status"] == "stopping"
    assert writer.save_epoch(saved_epoch(writer, 1)) is True


def test_a_finish_after_the_last_epoch_names_that_epoch(
    client: TestClient, database: Database, settings: Settings
) -> None:
    run_id = launch(client)
    epochs = client.get(f"/api/runs/{run_id}").json()["epochs"]
    writer = claim_writer(database, settings)
    writer.training_started(10)
    writer.save_epoch(saved_epoch(writer, epochs))

    stop(client, run_id, "finish")

    assert f"Finish requested: the run ends after epoch {epochs}" in texts(client, run_id)


def test_kill_ends_a_run_at_once_and_fences_its_trainer(
    client: TestClient, database: Database, training: Training
) -> None:
    run_id, writer = training

    killed = stop(client, run_id, "kill")

    assert (killed["status"], killed["ended_by"], killed["epoch"]) == ("stopped", "kill", 1)
    assert killed["lost_contact"] is False
    with pytest.raises(Fenced):
        writer.save_epoch(saved_epoch(writer, 2))
    with database.write() as session:
        assert not leases.is_valid(session, Lease(run_id, 1))
    assert texts(client, run_id)[-1] == "Killed; results up to epoch 1 are kept"


def test_a_second_finish_changes_nothing_and_a_kill_overrides_it(client: TestClient, database: Database) -> None:
    run_id = launch(client)
    claim(database)

    first, again = stop(client, run_id, "finish"), stop(client, run_id, "finish")
    killed = stop(client, run_id, "kill")

    assert first == {**again, "heartbeat_at": first["heartbeat_at"]}
    assert (killed["status"], killed["ended_by"]) == ("stopped", "kill")
    assert sum("Finish requested" in text for text in texts(client, run_id)) == 1


@pytest.mark.parametrize("mode", ["finish", "kill"])
def test_an_ended_run_cannot_be_stopped(client: TestClient, database: Database, mode: str) -> None:
    run_id = launch(client)
    with database.write() as session:
        session.execute(update(Run).values(status="finished"))

    assert stop(client, run_id, mode, status=409)["detail"] == (
        "Run 'digits-quick' has already ended: it is finished. There is nothing to stop."
    )


@pytest.mark.parametrize("body", [{}, {"mode": "pause"}, {"mode": "kill", "now": True}])
def test_an_unknown_stop_mode_is_refused(client: TestClient, body: dict[str, Any]) -> None:
    answer = client.post(f"/api/runs/{launch(client)}/stop", json=body)

    assert answer.status_code == 422
    assert answer.json()["errors"]


def test_a_finish_request_survives_a_lost_trainer(
    client: TestClient, database: Database, settings: Settings, training: Training
) -> None:
    run_id, _ = training
    stop(client, run_id, "finish")
    with database.write() as session:
        leases.release(session, Lease(run_id, 1), "Trainer process killed (SIGKILL)")

    successor = claim_writer(database, settings)

    assert successor.is_stop_requested()
    successor.training_started(10)
    assert client.get(f"/api/runs/{run_id}").json()["status"] == "stopping"


@pytest.mark.parametrize("order", [("kill", "end"), ("end", "kill"), ("finish", "end"), ("end", "finish")])
def test_a_stop_during_the_end_leaves_one_terminal_status(
    client: TestClient, database: Database, training: Training, order: tuple[str, str]
) -> None:
    run_id, writer = training
    final = saved_epoch(writer, 9).state
    actions: dict[str, Callable[[], object]] = {
        "kill": lambda: client.post(f"/api/runs/{run_id}/stop", json={"mode": "kill"}),
        "finish": lambda: client.post(f"/api/runs/{run_id}/stop", json={"mode": "finish"}),
        "end": lambda: end_unless_fenced(writer, final),
    }

    for action in order:
        actions[action]()

    run = client.get(f"/api/runs/{run_id}").json()
    expected = ("stopped", "kill") if order[0] == "kill" else ("finished", "epochs")
    assert (run["status"], run["ended_by"]) == expected
    assert ended_statuses(database, run_id) == [expected[0]]


def end_unless_fenced(writer: Any, final: Any) -> None:
    try:
        writer.record_end(Outcome("epochs", final, final))
    except Fenced:
        return


def ended_statuses(database: Database, run_id: str) -> list[str]:
    with database.read() as session:
        statuses = [event.payload["status"] for event in stored_events(session, run_id, 0) if event.kind == "status"]
    return [status for status in statuses if status in ("finished", "stopped", "failed")]
