"""Memory of the API process over the events of an hour, ten a second, which are sent faster here."""

from collections.abc import Iterator

import psutil

from benchmarks.events.announced_run import announced_run
from benchmarks.events.crowd import crowd
from benchmarks.measuring.board import Board
from benchmarks.measuring.figure import Figure
from benchmarks.measuring.options import Options

EVENTS, PARTS = 36_000, 10
SMOKE_EVENTS, VIEWERS = 20, 20
EVENTS_PER_SECOND = 250.0
MAX_GROWTH_MB = 1.0


def measure(board: Board, options: Options) -> Iterator[Figure]:
    """In the first half, what a process keeps of its first events is filled: caches, and pages of its heap."""
    events = SMOKE_EVENTS if options.smoke else EVENTS
    api = board.part("api")
    with (
        announced_run(board, "hour") as run,
        crowd(board.port, "/api/events", VIEWERS, last=1 + events) as viewers,
    ):
        viewers.wait_until_connected()
        memory = []
        for _ in range(PARTS):
            run.add_epochs(events // PARTS, EVENTS_PER_SECOND)
            memory.append(resident_mb(api))
        lost = VIEWERS * events - sum(map(len, viewers.arrivals()))
    growth, details = memory[-1] - memory[PARTS // 2 - 1], {"viewers": VIEWERS, "after each tenth": memory}
    name = f"{events:,} events, as in an hour"
    yield Figure(f"{name}: growth of the API's memory in the second half", growth, "MB", MAX_GROWTH_MB, details)
    yield Figure(f"{name}: events lost", lost, "events", 0.0)


def resident_mb(process: psutil.Process) -> float:
    return round(process.memory_info().rss / 1e6, 1)
