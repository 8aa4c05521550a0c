"""The page: its transfer sizes, its load times, and Lighthouse's performance score."""

from collections.abc import Iterator

from backend.settings import Settings
from benchmarks.measuring.board import running_board
from benchmarks.measuring.figure import Figure
from benchmarks.measuring.options import Options
from benchmarks.page import lighthouse, load_times, sizes


def figures(options: Options) -> Iterator[Figure]:
    """Smoke runs measure the sizes alone."""
    yield from sizes.figures()
    if options.smoke:
        return
    with running_board(options, EPOCHBOARD_FRONTEND_DIR=str(Settings().frontend_dir)) as board:
        run_id = load_times.trained_run(board)
        yield from load_times.figures(board, options, run_id)
        yield from lighthouse.figures(board, run_id)
