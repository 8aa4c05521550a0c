"""The page: what is sent for it, when it is shown, and what Lighthouse says."""

from collections.abc import Iterator

from backend.settings import Settings
from benchmarks.board import running_board
from benchmarks.figure import Figure
from benchmarks.options import Options
from benchmarks.page import lighthouse, shown, sizes


def figures(options: Options) -> Iterator[Figure]:
    """Smoke runs measure the sizes alone."""
    yield from sizes.figures()
    if options.smoke:
        return
    with running_board(options, EPOCHBOARD_FRONTEND_DIR=str(Settings().frontend_dir)) as board:
        run_id = shown.trained_run(board)
        yield from shown.figures(board, options, run_id)
        yield from lighthouse.figures(board, run_id)
