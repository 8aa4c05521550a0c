"""Calibration, the report and the model card. The first calibration fits the temperature, later ones remember it."""

from collections.abc import Iterator

from benchmarks.measuring.answers import answers_ms, figure
from benchmarks.measuring.board import Board
from benchmarks.measuring.figure import Figure
from benchmarks.measuring.options import Options
from benchmarks.understand.scored_runs import ScoredRuns

DOCUMENT_BUDGET_MS = 2_000.0


def measure(board: Board, runs: ScoredRuns, _options: Options) -> Iterator[Figure]:
    for size, run, budget in runs.by_budget():
        times = answers_ms(board, runs.repeats, f"/api/runs/{run}/calibration")
        yield figure(f"calibration of {size}", times, budget)
    for name in ("report.html", "model-card.md"):
        for size, run, _ in runs.by_budget():
            times = answers_ms(board, min(5, runs.repeats), f"/api/runs/{run}/{name}")
            yield figure(f"{name} of {size}", times, DOCUMENT_BUDGET_MS)
