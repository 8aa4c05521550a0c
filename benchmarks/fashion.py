"""`fashion-strided`, all images and epochs, against the notebook's own code, alternating.

The images come from Keras' cache (KERAS_HOME), or are fetched once.
"""

from argparse import Namespace
from collections.abc import Iterator

from benchmarks.board import Board, running_board
from benchmarks.figure import Figure
from benchmarks.sides import Contest, medians, pair, ratio, told

BUDGET = 0.85
LEAST_ACCURACY = 0.880
RECIPE_EPOCHS = 15
PAIRS = 3


def figures(options: Namespace) -> Iterator[Figure]:
    """A line for each pair, then the ratio of the medians and, of whole runs, the least of the board's accuracies."""
    contest = Contest("fashion-strided", "fashion_mnist", options.epochs or RECIPE_EPOCHS)
    pairs = []
    with running_board() as board:
        fetch_fashion(board)
        for number in range(1, (options.pairs or PAIRS) + 1):
            pairs.append(pair(board, contest, number))
            yield Figure(f"fashion-strided, pair {number}", ratio(pairs[-1]), "ratio", None, told(pairs[-1]))
    ours, theirs = medians(pairs)
    seconds = {"board_seconds": ours, "notebook_seconds": theirs}
    yield Figure("fashion-strided ÷ notebook, medians of fit", ours / theirs, "ratio", BUDGET, seconds)
    if contest.epochs < RECIPE_EPOCHS:
        return
    worst = min(side["val_accuracy"] for side, _ in pairs)
    missing = {"least": LEAST_ACCURACY, "val_accuracy": worst}
    yield Figure("fashion-strided, val_accuracy below the least", max(0.0, LEAST_ACCURACY - worst), "", 0.0, missing)


def fetch_fashion(board: Board) -> None:
    """One epoch of a few images, so that the dataset is in the store before anything is measured."""
    dataset = {"name": "fashion_mnist", "train_limit": 100, "test_limit": 100}
    run = board.ended(board.launch(spec=board.recipe("fashion-strided", epochs=1, dataset=dataset)), 600)
    assert run["status"] == "finished", run["error"]
    board.warm_up()
