"""The time from the end of one run to Keras' `on_train_begin` of the next one in the queue."""

import statistics
from collections.abc import Iterator
from datetime import datetime

from benchmarks.measuring.board import Board, running_board
from benchmarks.measuring.figure import Figure
from benchmarks.measuring.options import Options

REPEATS = 5
BUDGET_SECONDS = 1.0
# Long enough for the next trainer to import Keras meanwhile, as with nearly every real run.
FIRST_RUN_EPOCHS = 120


def figures(options: Options) -> Iterator[Figure]:
    with running_board(options) as board:
        yield from measure(board, options)


def measure(board: Board, options: Options) -> Iterator[Figure]:
    """Computed from the board's own times. The figure is the worst of several repeats."""
    repeats, epochs = (1, 2) if options.smoke else (REPEATS, FIRST_RUN_EPOCHS)
    gaps = [gap_seconds(board, epochs) for _ in range(repeats)]
    details = {"median": round(statistics.median(gaps), 3), "turns": repeats}
    yield Figure("end of a run to on_train_begin of the next", max(gaps), "s", BUDGET_SECONDS, details)


def gap_seconds(board: Board, epochs: int) -> float:
    """Launches two runs at once; returns the seconds between the first one's end and the second one's begin."""
    spec = board.recipe("digits-quick", epochs=epochs)
    first, second = board.launch(spec=spec), board.launch(spec={**spec, "epochs": 1})
    board.ended(second, 300)
    lines = board.get(f"/api/runs/{second}/log")["items"]
    began = next(line["time"] for line in lines if line["text"].startswith("Training started"))
    return timestamp(began) - timestamp(board.run(first)["finished_at"])


def timestamp(time: str) -> float:
    return datetime.fromisoformat(time).timestamp()
