"""The story of an image, and what the helper computes for it."""

import json
import time
from collections.abc import Iterator

from benchmarks.measuring.answers import answers_ms, figure
from benchmarks.measuring.board import Board, add_pets
from benchmarks.measuring.figure import Figure
from benchmarks.measuring.options import Options
from benchmarks.understand.scored_runs import ScoredRuns

INDEX = 7
ATTENTION_BUDGET_MS, WHAT_IF_BUDGET_MS, OCCLUSION_BUDGET_MS = 300.0, 150.0, 1_000.0
CHANGES = {"rotate": 12, "blur": 0.8, "noise": 0.1}


def measure(board: Board, runs: ScoredRuns, options: Options) -> Iterator[Figure]:
    for size, run, budget in runs.by_budget():
        times = answers_ms(board, runs.repeats, f"/api/runs/{run}/samples/{INDEX}")
        yield figure(f"image story of {size}", times, budget)
    if not options.smoke:  # a test of the helper shows that it answers
        yield from explanations(board, runs.repeats)


def explanations(board: Board, repeats: int) -> Iterator[Figure]:
    """With the strided network of CIFAR-10, once it is in the helper's memory."""
    run = board.launch(spec=board.recipe("cifar-strided", epochs=1, dataset={"name": add_pets(board)}))
    board.ended(run, 120)
    sample = f"/api/runs/{run}/samples/0"
    yield figure("Grad-CAM, warm", answers_ms(board, repeats, f"{sample}/attention"), ATTENTION_BUDGET_MS)
    times = answers_ms(board, repeats, f"{sample}/attention", method="occlusion")
    yield figure("occlusion, warm", times, OCCLUSION_BUDGET_MS)
    yield figure("feature maps, warm", answers_ms(board, repeats, f"{sample}/features"), ATTENTION_BUDGET_MS)
    yield figure("what-if, warm", changes_ms(board, repeats, sample), WHAT_IF_BUDGET_MS)
    yield figure("what-if with bands, warm", changes_ms(board, repeats, sample, bands=True), OCCLUSION_BUDGET_MS)


def changes_ms(board: Board, repeats: int, sample: str, *, bands: bool = False) -> list[float]:
    body, times = json.dumps({**CHANGES, "bands": bands}).encode(), []
    for _ in range(repeats + 1):
        started_at = time.perf_counter()
        board.post(f"{sample}/what-if", body)
        times.append((time.perf_counter() - started_at) * 1e3)
    return times
