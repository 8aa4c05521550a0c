"""Labels that are probably wrong, and what a correction would change."""

from collections.abc import Iterator

from benchmarks.measuring.answers import answers_ms, figure
from benchmarks.measuring.board import Board
from benchmarks.measuring.figure import Figure
from benchmarks.measuring.options import Options
from benchmarks.understand.scored_runs import CLASSES, MANY_CLASSES, ScoredRuns

ANSWERS = {"suspect labels": "suspects", "preview of a version": "corrections"}


def measure(board: Board, runs: ScoredRuns, _options: Options) -> Iterator[Figure]:
    for name, path in ANSWERS.items():
        for classes, (size, run, budget) in zip((CLASSES, MANY_CLASSES), runs.by_budget(), strict=True):
            times = answers_ms(board, runs.repeats, f"/api/datasets/of-{classes}-classes/{path}?runs={run}")
            yield figure(f"{name} of {size}", times, budget)
