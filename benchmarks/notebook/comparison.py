"""Trains a recipe through the board and as the notebook's own code, and compares the time of the whole `fit`."""

import json
import os
import re
import statistics
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypedDict

from benchmarks.measuring.board import Board
from benchmarks.measuring.figure import Figure

TRAINING_SECONDS = 7_200  # the longest that one training may take


class Training(TypedDict):
    """`seconds` of `fit` and the best epoch's `val_accuracy`."""

    seconds: float
    val_accuracy: float


@dataclass(frozen=True)
class Pair:
    """The same training on both sides, with the same seed."""

    board: Training
    notebook: Training

    @property
    def ratio(self) -> float:
        return self.board["seconds"] / self.notebook["seconds"]


@dataclass(frozen=True)
class Comparison:
    """A recipe on a dataset of the board. `train_limit` None: all images. `changes` apply to the board's spec only."""

    title: str
    recipe: str
    dataset: str
    epochs: int
    budget: float | None
    train_limit: int | None = None
    changes: dict[str, Any] = field(default_factory=dict)


def compare(board: Board, comparison: Comparison, count: int, pairs: list[Pair]) -> Iterator[Figure]:
    """Trains `count` pairs, appended to `pairs`. Yields a figure for each, then the ratio of the medians."""
    for number in range(1, count + 1):
        pair = train_pair(board, comparison, number)
        pairs.append(pair)
        details: dict[str, Any] = {"board": pair.board, "notebook": pair.notebook}
        yield Figure(f"{comparison.title}, pair {number}", pair.ratio, "ratio", None, details)
    board_seconds = statistics.median(pair.board["seconds"] for pair in pairs)
    notebook_seconds = statistics.median(pair.notebook["seconds"] for pair in pairs)
    details = {"board_seconds": board_seconds, "notebook_seconds": notebook_seconds, "val_accuracy": accuracies(pairs)}
    name = f"{comparison.title} ÷ notebook, medians of fit"
    yield Figure(name, board_seconds / notebook_seconds, "ratio", comparison.budget, details)


def accuracies(pairs: Sequence[Pair]) -> dict[str, float]:
    """Returns the median over the seeds of each side's best val_accuracy."""
    return {
        "board": statistics.median(pair.board["val_accuracy"] for pair in pairs),
        "notebook": statistics.median(pair.notebook["val_accuracy"] for pair in pairs),
    }


def train_pair(board: Board, comparison: Comparison, number: int) -> Pair:
    """Trains both sides one after the other with seed `number`; even numbers begin with the notebook."""
    if number % 2:
        board_training = train_on_board(board, comparison, number)
        return Pair(board_training, train_in_notebook(board, comparison, number))
    notebook_training = train_in_notebook(board, comparison, number)
    return Pair(train_on_board(board, comparison, number), notebook_training)


def train_on_board(board: Board, comparison: Comparison, seed: int) -> Training:
    """Its time includes validation, predictions, saving and streaming."""
    board.wait_for_trainer()
    dataset = {"name": comparison.dataset, "train_limit": comparison.train_limit}
    changes = {"dataset": dataset, "epochs": comparison.epochs, "seed": seed, **comparison.changes}
    run_id = board.launch(spec=board.recipe(comparison.recipe, **changes))
    run = board.ended(run_id, TRAINING_SECONDS)
    match = re.search(r"fit took ([\d.]+) s", board.log(run_id))
    assert match, f"run {run_id} {run['status']}: its log does not say how long fit took ({run['error']})"
    series = board.get(f"/api/runs/{run_id}/metrics?names=val_accuracy")["series"]
    return {"seconds": float(match[1]), "val_accuracy": max(series["val_accuracy"])}


def train_in_notebook(board: Board, comparison: Comparison, seed: int) -> Training:
    """Runs `benchmarks.notebook` in a fresh process on the board's stored arrays."""
    images = str(stored_dataset(board, comparison.dataset))
    options = ["--images", images, "--epochs", str(comparison.epochs), "--seed", str(seed)]
    if comparison.train_limit is not None:
        options += ["--train-limit", str(comparison.train_limit)]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.notebook", comparison.recipe, *options],
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "2"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=TRAINING_SECONDS,
    )
    training: Training = json.loads(done.stdout.splitlines()[-1])
    return training


def stored_dataset(board: Board, name: str) -> Path:
    """Returns the folder in the board's store that holds the dataset's arrays."""
    for manifest in (board.data_dir / "datasets").glob("*/manifest.json"):
        if json.loads(manifest.read_text())["name"] == name:
            return manifest.parent
    raise FileNotFoundError(f"the board has no dataset {name!r}")
