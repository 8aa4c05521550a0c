"""`fashion-strided` through the board, against the notebook's own code: alternating, in the same quarter of an hour.

Both sides measure from the start of `fit` to its end. On the board that has validation, predictions, saving and
streaming in it. The images come from Keras' cache (KERAS_HOME), or are fetched once.
"""

import json
import os
import re
import statistics
import subprocess
import sys
from argparse import Namespace
from collections.abc import Iterator
from typing import Any

from benchmarks.board import Board, running_board
from benchmarks.figure import Figure

BUDGET = 0.85
LEAST_ACCURACY = 0.880
RECIPE_EPOCHS = 15
SIDE_SECONDS = 3_600

Side = dict[str, float]


def figures(options: Namespace) -> Iterator[Figure]:
    """A line for each pair, then the ratio of the medians and, of whole runs, the least of the board's accuracies."""
    pairs: list[tuple[Side, Side]] = []
    with running_board() as board:
        fetch_images(board)
        for number in range(1, options.pairs + 1):
            pairs.append(one_pair(board, number, options.epochs))
            yield Figure(f"fashion-strided, pair {number}", ratio(*pairs[-1]), "ratio", None, told(*pairs[-1]))
    ours, theirs = ([pair[side] for pair in pairs] for side in (0, 1))
    medians = {"board_seconds": median(ours), "notebook_seconds": median(theirs)}
    value = medians["board_seconds"] / medians["notebook_seconds"]
    yield Figure("fashion-strided ÷ notebook, medians of fit", value, "ratio", BUDGET, medians)
    if options.epochs < RECIPE_EPOCHS:
        return
    worst = min(side["val_accuracy"] for side in ours)
    missing = {"least": LEAST_ACCURACY, "val_accuracy": worst}
    yield Figure("fashion-strided, val_accuracy below the least", max(0.0, LEAST_ACCURACY - worst), "", 0.0, missing)


def one_pair(board: Board, number: int, epochs: int) -> tuple[Side, Side]:
    """Both sides once; every second pair begins with the notebook."""
    if number % 2:
        ours = through_the_board(board, epochs)
        return ours, in_a_notebook(epochs)
    theirs = in_a_notebook(epochs)
    return through_the_board(board, epochs), theirs


def fetch_images(board: Board) -> None:
    """One epoch of a few images, so that the dataset is in the store before anything is measured."""
    dataset = {"name": "fashion_mnist", "train_limit": 100, "test_limit": 100}
    run = board.ended(board.launch(spec=board.recipe("fashion-strided", epochs=1, dataset=dataset)), 600)
    assert run["status"] == "finished", run["error"]
    board.warm_up()


def through_the_board(board: Board, epochs: int) -> Side:
    board.warm_up()
    run_id = board.launch(spec=board.recipe("fashion-strided", epochs=epochs))
    run = board.ended(run_id, SIDE_SECONDS)
    took = re.search(r"fit took ([\d.]+) s", board.log(run_id))
    assert took, f"the log of run {run_id} does not say how long fit took"
    metrics = board.get(f"/api/runs/{run_id}/metrics?names=val_accuracy")["series"]
    return {"seconds": float(took[1]), "val_accuracy": max(metrics["val_accuracy"]), "best_epoch": run["best"]["epoch"]}


def in_a_notebook(epochs: int) -> Side:
    command = (sys.executable, "-m", "benchmarks.notebook", "--epochs", str(epochs))
    quiet = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "2"}
    ended = subprocess.run(command, env=quiet, stdout=subprocess.PIPE, text=True, check=True, timeout=SIDE_SECONDS)
    side: Side = json.loads(ended.stdout.splitlines()[-1])
    return side


def ratio(ours: Side, theirs: Side) -> float:
    return ours["seconds"] / theirs["seconds"]


def told(ours: Side, theirs: Side) -> dict[str, Any]:
    return {"board": ours, "notebook": theirs}


def median(sides: list[Side]) -> float:
    return statistics.median(side["seconds"] for side in sides)
