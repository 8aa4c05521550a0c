"""Answers about one run, at 10,000 images and at 100 classes. Each part is a file with a function `measure`."""

from collections.abc import Iterator

from backend.db.engine import open_database
from backend.settings import Settings
from benchmarks.measuring.board import Board, running_board
from benchmarks.measuring.figure import Figure
from benchmarks.measuring.options import Options
from benchmarks.understand import image_map, images, labels, matrix, trust
from benchmarks.understand.scored_runs import ScoredRuns, write_scored_runs

PARTS = (matrix, trust, images, image_map, labels)


def figures(options: Options) -> Iterator[Figure]:
    with running_board(options, EPOCHBOARD_FRONTEND_DIR=str(Settings().frontend_dir)) as board:
        yield from measure(board, options)


def measure(board: Board, options: Options) -> Iterator[Figure]:
    """Writes the runs' rows and files instead of training them, and lets each part measure its answers."""
    runs = stored_runs(board, options)
    for part in PARTS:
        yield from part.measure(board, runs, options)


def stored_runs(board: Board, options: Options) -> ScoredRuns:
    database = open_database(Settings(data_dir=board.data_dir))
    try:
        return write_scored_runs(database, board.data_dir, options)
    finally:
        database.engine.dispose()
