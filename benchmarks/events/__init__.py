"""How fast events arrive: at a subscriber, at many viewers, and in the chart of an open page."""

from collections.abc import Iterator

from benchmarks.board import Board, running_board
from benchmarks.events import commits, viewers
from benchmarks.figure import Figure
from benchmarks.options import Options

PARTS = (commits, viewers)


def figures(options: Options) -> Iterator[Figure]:
    with running_board(options) as board:
        yield from measure(board, options)


def measure(board: Board, options: Options) -> Iterator[Figure]:
    for part in PARTS:
        yield from part.measure(board, options)
