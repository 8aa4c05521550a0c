"""The time from an epoch's commit until a subscriber of the board's event stream receives it."""

import contextlib
import http.client
import sqlite3
import statistics
import threading
import time
from collections.abc import Iterator

from benchmarks.measuring.board import Board
from benchmarks.measuring.figure import Figure, percentile
from benchmarks.measuring.options import Options
from tests.support.service.streams import read_stream

EPOCHS, SMOKE_EPOCHS = 200, 3
BUDGET_MS = 100.0


def measure(board: Board, options: Options) -> Iterator[Figure]:
    """An event's time is that of its INSERT, so that the figure includes the commit itself."""
    epochs = SMOKE_EPOCHS if options.smoke else EPOCHS
    subscriber = Subscriber(board)
    run_id = board.launch(spec=board.recipe("digits-quick", epochs=epochs))
    board.ended(run_id, 600)
    subscriber.wait(run_id, epochs)
    times = insert_times(board, run_id)
    delays = [(subscriber.arrivals[run_id, seq] - inserted) * 1000 for seq, inserted in times.items()]
    details = {"epochs": len(delays), "p50": round(statistics.median(delays), 1), "max": round(max(delays), 1)}
    yield Figure("an epoch's commit to a subscriber, p99", percentile(delays, 99), "ms", BUDGET_MS, details)


class Subscriber:
    """Records when each epoch event of the board's stream arrives, in seconds since 1970."""

    def __init__(self, board: Board) -> None:
        self.arrivals: dict[tuple[str, int], float] = {}
        self._is_connected = threading.Event()
        threading.Thread(target=self._listen, args=(board,), daemon=True).start()
        assert self._is_connected.wait(10), "the board's stream did not begin"

    def wait(self, run_id: str, count: int) -> None:
        deadline = time.monotonic() + 10
        while sum(run == run_id for run, _ in self.arrivals) < count:
            assert time.monotonic() < deadline, f"only {len(self.arrivals)} of {count} epochs arrived"
            time.sleep(0.05)

    def _listen(self, board: Board) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", board.port)
        # The stream breaks when the board is stopped.
        with contextlib.closing(connection), contextlib.suppress(OSError, http.client.HTTPException):
            connection.request("GET", "/api/events")
            for event in read_stream(connection.getresponse()):
                self._is_connected.set()
                if event.kind == "epoch":
                    self.arrivals[event.data["run"], event.data["seq"]] = time.time()


def insert_times(board: Board, run_id: str) -> dict[int, float]:
    """Returns event number → seconds since 1970 of the epochs of a run that has ended."""
    with sqlite3.connect(f"file:{board.data_dir / 'epochboard.db'}?mode=ro", uri=True) as database:
        query = "SELECT seq, time FROM events WHERE run_id = ? AND kind = 'epoch'"
        return dict(database.execute(query, (run_id,)).fetchall())
