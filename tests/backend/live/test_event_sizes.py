"""Events are small: the spec is not repeated in them, and a Redis stream is bounded in bytes and in time."""

import json

from redis import Redis
from sqlalchemy import select

from backend.db.engine import Database
from backend.db.models import Event, Run
from backend.live.hub import Hub
from backend.live.redis_stream import RedisStream
from backend.runs.event_log import RunEvent, record_log, record_status, stored_events
from tests.support.service.live import queue_run, received
from tests.support.storage.valkey_server import Server

LARGE = "x" * 350_000


def queue_large_run(database: Database) -> str:
    run_id = queue_run(database)
    with database.write() as session:
        run = session.get_one(Run, run_id)
        run.spec = {**run.spec, "model": {"keras": {"name": LARGE}}}
    return run_id


def write(database: Database, run_id: str, *texts: str) -> list[RunEvent]:
    """Stores a status event, and a log line of each text."""
    with database.write() as session:
        run = session.get_one(Run, run_id)
        return [record_status(session, run), *(record_log(session, run, text) for text in texts)]


def test_a_stored_status_event_has_no_spec_and_is_read_with_it(database: Database) -> None:
    run_id = queue_large_run(database)
    write(database, run_id)

    with database.read() as session:
        stored = session.scalars(select(Event.payload).where(Event.run_id == run_id)).all()
        read = stored_events(session, run_id, 1)[0].payload

    assert all(len(json.dumps(payload)) < 2_000 for payload in stored)
    assert read["spec"]["model"] == {"keras": {"name": LARGE}}
    assert read["name"] == stored[1]["name"]


def test_an_earlier_status_event_has_the_epochs_of_its_time(database: Database) -> None:
    run_id = queue_run(database)
    with database.write() as session:
        run = session.get_one(Run, run_id)
        before = run.epochs
        run.epochs, run.spec = 99, {**run.spec, "epochs": 99}
        record_status(session, run)

    with database.read() as session:
        specs = [event.payload["spec"] for event in stored_events(session, run_id, 0)]

    assert [spec["epochs"] for spec in specs] == [before, 99]


def test_a_live_status_event_has_the_whole_run_and_a_large_log_line_its_text(
    database: Database, valkey: Server
) -> None:
    run_id = queue_large_run(database)
    redis_stream = RedisStream(valkey.url)

    events = received(Hub(database, valkey.url), lambda: redis_stream.publish(write(database, run_id, LARGE, "")), 3)

    assert [event.seq for event in events] == [2, 3, 4]
    assert events[0].payload["spec"]["model"] == {"keras": {"name": LARGE}}
    assert [event.payload["text"] for event in events[1:]] == [LARGE, ""]


def test_streams_take_little_memory_and_expire_soon(valkey: Server) -> None:
    redis_stream = RedisStream(valkey.url)
    texts = [LARGE[:3_000], LARGE[:5_000]] * 500
    logs = [RunEvent("r", number, "log", {"text": text}) for number, text in enumerate(texts, start=1)]
    statuses = [RunEvent("r", number, "status", {"notes": LARGE[:5_000]}) for number in range(1_001, 1_501)]

    redis_stream.publish([*logs, *statuses])

    with Redis.from_url(valkey.url) as client:
        assert client.memory_usage("run:r", samples=0) < 1_000_000
        assert client.memory_usage("board", samples=0) < 100_000
        assert 0 < client.ttl("run:r") <= 600
