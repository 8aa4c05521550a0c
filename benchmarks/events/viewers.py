"""The time from an epoch's commit until each of many viewers has it, and whether any viewer misses one."""

from collections.abc import Iterator
from itertools import chain

from benchmarks.events.announced_run import AnnouncedRun, announced_run
from benchmarks.events.crowd import Arrivals, crowd
from benchmarks.measuring.board import Board
from benchmarks.measuring.figure import Figure, percentile
from benchmarks.measuring.options import Options

BUDGETS_MS = {200: 30.0, 1_000: 300.0}
EVENTS, SMOKE_EVENTS, SMOKE_VIEWERS = 200, 5, 3
EVENTS_PER_SECOND = 10.0
MAX_GROWTH_MB = 100.0


def measure(board: Board, options: Options) -> Iterator[Figure]:
    for viewers, budget in BUDGETS_MS.items():
        count = SMOKE_VIEWERS if options.smoke else viewers
        yield from measure_viewers(board, options, count, budget)


def measure_viewers(board: Board, options: Options, viewers: int, budget: float) -> Iterator[Figure]:
    """All watch the board's stream, as pages do. The run has one event before the first epoch."""
    events = SMOKE_EVENTS if options.smoke else EVENTS
    api = board.part("api")
    with announced_run(board, f"viewers-{viewers}-{budget:g}") as run:
        before, processor = api.memory_info().rss, sum(api.cpu_times()[:2])
        with crowd(board.port, "/api/events", viewers, last=1 + events) as watching:
            watching.wait_until_connected()
            processor = sum(api.cpu_times()[:2])
            run.add_epochs(events, EVENTS_PER_SECOND)
            arrivals = watching.arrivals()
            processor, after = sum(api.cpu_times()[:2]) - processor, api.memory_info().rss
    name = f"{viewers} viewers, {EVENTS_PER_SECOND:g} events a second"
    delays = [(at - run.commit_times[number]) * 1000 for number, at in chain.from_iterable(arrivals)]
    share = processor * EVENTS_PER_SECOND / events
    details = {"p50": round(percentile(delays, 50), 1), "max": round(max(delays), 1), "core": round(share, 3)}
    yield Figure(f"{name}: commit to viewer, p99", percentile(delays, 99), "ms", budget, details)
    yield Figure(f"{name}: events lost or doubled", wrong(arrivals, run), "events", 0.0)
    yield Figure(f"{name}: growth of the API's memory", (after - before) / 1e6, "MB", MAX_GROWTH_MB)


def wrong(arrivals: Arrivals, run: AnnouncedRun) -> int:
    """Returns how many events are missing, doubled or out of order, over all viewers."""
    expected = list(run.commit_times)
    return sum(differences([number for number, _ in received], expected) for received in arrivals)


def differences(received: list[int], expected: list[int]) -> int:
    if received == expected:
        return 0
    return max(1, len(set(expected) - set(received)) + len(received) - len(set(received)))
