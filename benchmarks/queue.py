"""From the end of one run to Keras' `on_train_begin` of the next one that waits."""

import statistics
from argparse import Namespace
from collections.abc import Iterator
from datetime import datetime

from benchmarks.board import Board, running_board
from benchmarks.figure import Figure

TURNS = 5
BUDGET = 1.0
# Long enough for the next trainer to warm up beside it, as nearly every run is.
FIRST_EPOCHS = 120


def figures(_options: Namespace) -> Iterator[Figure]:
    """By the board's own times. The worst of several turns counts."""
    with running_board() as board:
        gaps = [gap(board) for _ in range(TURNS)]
    details = {"median": round(statistics.median(gaps), 3), "turns": TURNS}
    yield Figure("end of a run to on_train_begin of the next", max(gaps), "s", BUDGET, details)


def gap(board: Board) -> float:
    """Seconds between two runs that were queued together."""
    spec = board.recipe("digits-quick", epochs=FIRST_EPOCHS)
    first, second = board.launch(spec=spec), board.launch(spec={**spec, "epochs": 1})
    board.ended(second, 300)
    lines = board.get(f"/api/runs/{second}/log")["items"]
    began = next(line["time"] for line in lines if line["text"].startswith("Training began"))
    return seconds(began) - seconds(board.run(first)["finished_at"])


def seconds(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp()
