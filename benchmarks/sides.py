"""Both sides of a recipe's ratio: through the board, and as the notebook's own code; all of `fit`."""

import json
import os
import re
import statistics
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.board import Board

SIDE_SECONDS = 7_200

Side = dict[str, float]
Pair = tuple[Side, Side]


@dataclass(frozen=True)
class Contest:
    """A recipe on a dataset of the board. `train_limit` None: all images; `changes` are the board's alone."""

    recipe: str
    dataset: str
    epochs: int
    train_limit: int | None = None
    changes: dict[str, Any] | None = None


def pair(board: Board, contest: Contest, number: int) -> Pair:
    """Both sides once, with the pair's number as their seed; every second pair begins with the notebook."""
    if number % 2:
        ours = through_the_board(board, contest, number)
        return ours, in_a_notebook(board, contest, number)
    theirs = in_a_notebook(board, contest, number)
    return through_the_board(board, contest, number), theirs


def through_the_board(board: Board, contest: Contest, seed: int) -> Side:
    """Validation, predictions, saving and streaming included."""
    board.warm_up()
    data = {"name": contest.dataset, "train_limit": contest.train_limit}
    changes = {"dataset": data, "epochs": contest.epochs, "seed": seed, **(contest.changes or {})}
    run_id = board.launch(spec=board.recipe(contest.recipe, **changes))
    run = board.ended(run_id, SIDE_SECONDS)
    took = re.search(r"fit took ([\d.]+) s", board.log(run_id))
    assert took, f"run {run_id} {run['status']}: its log does not say how long fit took ({run['error']})"
    metrics = board.get(f"/api/runs/{run_id}/metrics?names=val_accuracy")["series"]
    return {"seconds": float(took[1]), "val_accuracy": max(metrics["val_accuracy"]), "best_epoch": run["best"]["epoch"]}


def in_a_notebook(board: Board, contest: Contest, seed: int) -> Side:
    images = ("--images", str(stored(board, contest.dataset)), "--epochs", str(contest.epochs), "--seed", str(seed))
    limit = () if contest.train_limit is None else ("--train-limit", str(contest.train_limit))
    command = (sys.executable, "-m", "benchmarks.notebook", contest.recipe, *images, *limit)
    quiet = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "2"}
    ended = subprocess.run(command, env=quiet, stdout=subprocess.PIPE, text=True, check=True, timeout=SIDE_SECONDS)
    side: Side = json.loads(ended.stdout.splitlines()[-1])
    return side


def stored(board: Board, dataset: str) -> Path:
    """The folder in the board's store that holds the dataset's arrays."""
    for manifest in (board.data_dir / "datasets").glob("*/manifest.json"):
        if json.loads(manifest.read_text())["name"] == dataset:
            return manifest.parent
    raise FileNotFoundError(f"the board has no dataset {dataset!r}")


def ratio(one: Pair) -> float:
    return one[0]["seconds"] / one[1]["seconds"]


def told(one: Pair) -> dict[str, Any]:
    return {"board": one[0], "notebook": one[1]}


def medians(pairs: Sequence[Pair]) -> tuple[float, float]:
    """The median seconds of the board and of the notebook."""
    ours, theirs = (statistics.median(pair[side]["seconds"] for pair in pairs) for side in (0, 1))
    return ours, theirs


def accuracies(pairs: Sequence[Pair]) -> dict[str, float]:
    """The median over the seeds of each side's best val_accuracy."""
    sides = {"board": 0, "notebook": 1}
    return {name: statistics.median(pair[side]["val_accuracy"] for pair in pairs) for name, side in sides.items()}
