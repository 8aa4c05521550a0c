"""How fast events arrive: at a subscriber, at many viewers, and in the chart of an open page."""

from collections.abc import Iterator

from backend.settings import Settings
from benchmarks.events import commits, drawn, hour, viewers
from benchmarks.measuring.board import Board, running_board
from benchmarks.measuring.figure import Figure
from benchmarks.measuring.options import Options

PARTS = (commits, drawn, viewers, hour)


def figures(options: Options) -> Iterator[Figure]:
    """Without exports, whose log lines are events, too."""
    environment = {"EPOCHBOARD_EXPORTS": "false", "EPOCHBOARD_FRONTEND_DIR": str(Settings().frontend_dir)}
    with running_board(options, **environment) as board:
        yield from measure(board, options)


def measure(board: Board, options: Options) -> Iterator[Figure]:
    for part in PARTS:
        yield from part.measure(board, options)
