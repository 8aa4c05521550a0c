"""How long after its commit an epoch reaches a subscriber of the board's event stream."""

import http.client
import sqlite3
import statistics
import threading
import time
from argparse import Namespace
from collections.abc import Iterator

from benchmarks.board import Board, running_board
from benchmarks.figure import Figure, percentile
from tests.support.streams import read_stream

EPOCHS = 200
BUDGET_MS = 100.0


def figures(_options: Namespace) -> Iterator[Figure]:
    """The times are those of the INSERT in the committing transaction, so that the commit itself is in the figure."""
    with running_board() as board:
        subscriber = Subscriber(board)
        run_id = board.launch(spec=board.recipe("digits-quick", epochs=EPOCHS))
        board.ended(run_id, 600)
        subscriber.wait(run_id, EPOCHS)
        recorded = recorded_times(board, run_id)
    delays = [(subscriber.heard[run_id, seq] - at) * 1000 for seq, at in recorded.items()]
    details = {"epochs": len(delays), "p50": round(statistics.median(delays), 1), "max": round(max(delays), 1)}
    yield Figure("an epoch's commit to a subscriber, p99", percentile(delays, 99), "ms", BUDGET_MS, details)


class Subscriber:
    """Notes when each epoch event of the board's stream arrives."""

    def __init__(self, board: Board) -> None:
        self.heard: dict[tuple[str, int], float] = {}
        self._listening = threading.Event()
        threading.Thread(target=self._listen, args=(board,), daemon=True).start()
        assert self._listening.wait(10), "the board's stream did not begin"

    def wait(self, run_id: str, count: int) -> None:
        deadline = time.monotonic() + 10
        while sum(run == run_id for run, _ in self.heard) < count:
            assert time.monotonic() < deadline, f"only {len(self.heard)} of {count} epochs were heard"
            time.sleep(0.05)

    def _listen(self, board: Board) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", board.port)
        connection.request("GET", "/api/events")
        for event in read_stream(connection.getresponse()):
            self._listening.set()
            if event.kind == "epoch":
                self.heard[event.data["run"], event.data["seq"]] = time.time()


def recorded_times(board: Board, run_id: str) -> dict[int, float]:
    """Event number to seconds since 1970, of the run's epochs; read when the run has ended."""
    with sqlite3.connect(f"file:{board.data_dir / 'epochboard.db'}?mode=ro", uri=True) as database:
        query = "SELECT seq, time FROM events WHERE run_id = ? AND kind = 'epoch'"
        return dict(database.execute(query, (run_id,)).fetchall())
