"""The recipe `fashion-strided` with all images and epochs, against the notebook's own code."""

from collections.abc import Iterator

from benchmarks.measuring.board import Board, add_dataset, running_board
from benchmarks.measuring.figure import Figure
from benchmarks.measuring.options import FASHION, Options
from benchmarks.notebook.comparison import Comparison, Pair, compare

BUDGET = 0.50
MINIMUM_ACCURACY = 0.880
RECIPE_EPOCHS = 15
PAIRS = 3


def figures(options: Options) -> Iterator[Figure]:
    with running_board(options) as board:
        yield from measure(board, options)


def measure(board: Board, options: Options) -> Iterator[Figure]:
    """Yields the ratios, then, of whole runs, how far the board's lowest accuracy is below the minimum."""
    dataset = add_dataset(board, FASHION, options)
    epochs = options.epochs or (1 if options.smoke else RECIPE_EPOCHS)
    comparison = Comparison("fashion-strided", "fashion-strided", dataset, epochs, BUDGET)
    pairs: list[Pair] = []
    yield from compare(board, comparison, options.pairs or (1 if options.smoke else PAIRS), pairs)
    if epochs >= RECIPE_EPOCHS:
        lowest = min(pair.board["val_accuracy"] for pair in pairs)
        details = {"least": MINIMUM_ACCURACY, "val_accuracy": lowest}
        missing = max(0.0, MINIMUM_ACCURACY - lowest)
        yield Figure("fashion-strided, val_accuracy below the least", missing, "accuracy", 0.0, details)
