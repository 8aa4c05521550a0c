"""Memory of the API process: as it starts, and after the first analysis has imported what analyses need."""

from argparse import Namespace
from collections.abc import Iterator

from benchmarks.board import Board, running_board
from benchmarks.figure import Figure

BEFORE_MB, AFTER_MB = 150.0, 260.0
ANALYSES = ("confusion-matrix", "report", "samples", "figures/curves", "figures/confusion-matrix")


def figures(_options: Namespace) -> Iterator[Figure]:
    with running_board() as board:
        run_id = board.launch(recipe="digits-quick")
        board.ended(run_id)
        yield Figure("API process before the first analysis", megabytes(board), "MB", BEFORE_MB)
        for name in ANALYSES:
            board.get(f"/api/runs/{run_id}/{name}")
        yield Figure("API process after the first analyses", megabytes(board), "MB", AFTER_MB)


def megabytes(board: Board) -> float:
    return float(board.part("api").memory_info().rss) / 1e6
