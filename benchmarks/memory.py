"""Memory of the API process: before the first analysis, and after it has imported what analyses need."""

from collections.abc import Iterator

from benchmarks.measuring.board import Board, running_board
from benchmarks.measuring.figure import Figure
from benchmarks.measuring.options import Options

BUDGET_BEFORE_MB, BUDGET_AFTER_MB = 150.0, 260.0
ANALYSES = ("confusion-matrix", "report", "samples", "figures/curves", "figures/confusion-matrix")


def figures(options: Options) -> Iterator[Figure]:
    with running_board(options) as board:
        yield from measure(board, options)


def measure(board: Board, options: Options) -> Iterator[Figure]:
    changes = {"epochs": 1} if options.smoke else {}
    run_id = board.launch(spec=board.recipe("digits-quick", **changes))
    board.ended(run_id)
    yield Figure("API process before the first analysis", resident_mb(board), "MB", BUDGET_BEFORE_MB)
    for name in ANALYSES:
        board.get(f"/api/runs/{run_id}/{name}")
    yield Figure("API process after the first analyses", resident_mb(board), "MB", BUDGET_AFTER_MB)


def resident_mb(board: Board) -> float:
    return float(board.part("api").memory_info().rss) / 1e6
