"""Several processes serve the API behind one port: all viewers receive each event, and no process outlives `up`."""

import itertools
import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from backend.db.engine import open_database
from backend.settings import Settings
from tests.support.runs.stored_runs import write_runs
from tests.support.service.program import Program
from tests.support.service.streams import StreamEvent

pytestmark = pytest.mark.slow

MAX_VIEWERS, CHANGES = 100, 5


def test_all_viewers_of_two_processes_receive_each_event_and_the_processes_end_with_the_board(tmp_path: Path) -> None:
    program = Program(tmp_path, EPOCHBOARD_API_PROCESSES="2", EPOCHBOARD_PREFORK="false")
    with program.running():
        (run_id,) = stored_run(program)
        streams = streams_of_both(program)
        for number in range(CHANGES):
            rename(program, run_id, f"run {number}")
        received = [list(itertools.islice(filter(is_of_run, stream), CHANGES)) for stream in streams]
        left = program.kill()

    assert [numbers(events) for events in received] == [list(range(1, CHANGES + 1))] * len(streams)
    assert psutil.wait_procs(left, timeout=10)[1] == []


def stored_run(program: Program) -> list[str]:
    database = open_database(Settings(data_dir=program.data_dir))
    try:
        return write_runs(database, {})
    finally:
        database.engine.dispose()


def streams_of_both(program: Program) -> list[Iterator[StreamEvent]]:
    """Opens streams of the board until each process serves one: which one takes a connection is up to the kernel."""
    streams: list[Iterator[StreamEvent]] = []
    while sum(map(has_clients, program.part("api").children())) < 2:
        assert len(streams) < MAX_VIEWERS, "one process serves all viewers"
        streams.append(program.board_events())
        assert next(streams[-1]).kind == "reset"
    return streams


def rename(program: Program, run_id: str, name: str) -> None:
    """Changes a run that has ended, which the board's stream announces."""
    address = f"http://127.0.0.1:{program.port}/api/runs/{run_id}"
    body, headers = json.dumps({"name": name}).encode(), {"Content-Type": "application/json"}
    with urllib.request.urlopen(urllib.request.Request(address, body, headers, method="PATCH"), timeout=10):
        pass


def has_clients(process: psutil.Process) -> bool:
    return any(connection.status == psutil.CONN_ESTABLISHED for connection in process.net_connections("tcp"))


def is_of_run(event: StreamEvent) -> bool:
    """Not of workers or datasets, whose events have no number."""
    return event.data["seq"] is not None


def numbers(events: list[StreamEvent]) -> list[int]:
    return [event.data["seq"] for event in events]
