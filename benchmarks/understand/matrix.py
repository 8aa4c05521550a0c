"""The confusion matrix, its most confused pairs, the page of a class, and slices."""

from collections.abc import Iterator

from benchmarks.measuring.answers import answers_ms, figure
from benchmarks.measuring.board import Board
from benchmarks.measuring.figure import Figure
from benchmarks.measuring.options import Options
from benchmarks.understand.scored_runs import ScoredRuns

ANSWERS = {
    "confusion matrix": "confusion-matrix",
    "cells that are not zero": "confusion-matrix?cells=nonzero",
    "order by similarity": "confusion-matrix?order=similarity",
    "most confused pairs": "confused-pairs",
    "page of a class": "classes/0",
    "slices": "slices",
}


def measure(board: Board, runs: ScoredRuns, _options: Options) -> Iterator[Figure]:
    for name, path in ANSWERS.items():
        for size, run, budget in runs.by_budget():
            times = answers_ms(board, runs.repeats, f"/api/runs/{run}/{path}")
            yield figure(f"{name} of {size}", times, budget)
