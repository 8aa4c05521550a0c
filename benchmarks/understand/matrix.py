"""The confusion matrix."""

from collections.abc import Iterator

from benchmarks.answers import answers_ms, figure
from benchmarks.board import Board
from benchmarks.figure import Figure
from benchmarks.options import Options
from benchmarks.understand.scored_runs import ScoredRuns


def measure(board: Board, runs: ScoredRuns, _options: Options) -> Iterator[Figure]:
    for size, run, budget in runs.by_budget():
        times = answers_ms(board, runs.repeats, f"/api/runs/{run}/confusion-matrix")
        yield figure(f"confusion matrix of {size}", times, budget)
