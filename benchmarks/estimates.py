"""The estimate before a launch against the time that the run then takes, for each recipe, on a board without runs.

The worker measures its machine first, as it does when it is idle. Images and epochs are limited, so that all recipes
take some minutes; the estimate is of the same limited spec. An equal run is measured, and a second estimate follows it.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from benchmarks.measuring.board import Board, add_dataset, running_board
from benchmarks.measuring.figure import Figure
from benchmarks.measuring.options import CIFAR, FASHION, Options

BUDGET = 0.25  # of the time that the run takes
TIMING_SECONDS = 300.0
RUN_SECONDS = 1_800.0
PHOTOS = {"train_limit": 200, "test_limit": 200}
LIMITS: dict[str, tuple[int, dict[str, Any]]] = {
    "digits-quick": (40, {}),
    "fashion-strided": (3, {"train_limit": 20_000, "test_limit": 5_000}),
    "fashion-regularized": (2, {"train_limit": 6_400, "test_limit": 2_000}),
    "cifar-strided": (3, {"train_limit": 12_800, "test_limit": 4_000}),
    "cifar-vgg": (2, {"train_limit": 6_400, "test_limit": 2_000}),
    "cifar-batchnorm": (2, {"train_limit": 3_200, "test_limit": 1_000}),
    "cifar-augmented": (2, {"train_limit": 3_200, "test_limit": 1_000}),
    "photos-quick": (15, PHOTOS),
    "photos-best": (4, PHOTOS),
}
"""Epochs and images of each recipe, fewer epochs than early stopping waits for."""


def figures(options: Options) -> Iterator[Figure]:
    with running_board(options, EPOCHBOARD_IDLE_SECONDS="1") as board:
        yield from measure(board, options)


def measure(board: Board, options: Options) -> Iterator[Figure]:
    """Yields for each recipe how far the estimate is from the time from the claim to the end, as a share of it."""
    if not options.smoke:
        board.wait(lambda: has_costs(board), TIMING_SECONDS, "the costs of a training")
    if options.smoke:
        yield compared(board, "digits-quick", {"epochs": 1})
        return
    for recipe, (epochs, limits) in LIMITS.items():
        dataset = {"fashion": FASHION, "digits": "digits"}.get(recipe.partition("-")[0], CIFAR)
        if recipe in (options.recipes or LIMITS) and (dataset == "digits" or options.has_images(dataset)):
            name = dataset if dataset == "digits" else add_dataset(board, dataset, options)
            yield compared(board, recipe, {"epochs": epochs, "dataset": {"name": name, **limits}})


def has_costs(board: Board) -> bool:
    return any(slot["training_costs"] for worker in board.get("/api/workers")["items"] for slot in worker["slots"])


def compared(board: Board, recipe: str, changes: dict[str, Any]) -> Figure:
    board.wait_for_trainer()
    spec = board.recipe(recipe, **changes)
    check = board.post("/api/specs/check", json.dumps(spec).encode())
    run = board.ended(board.launch(spec=spec), RUN_SECONDS)
    assert run["status"] == "finished", run["error"]
    estimate = total(check, spec["epochs"])
    seconds = (at(run["finished_at"]) - at(run["started_at"])).total_seconds()
    details = {"estimate": round(estimate, 2), "seconds": round(seconds, 2), "precision": run["precision"]}
    details |= {name: check[name] for name in ("start_seconds", "feature_seconds", "seconds_per_epoch")}
    error = abs(estimate - seconds) / seconds
    return Figure(f"estimate of {recipe}, its error", error, "share", BUDGET, details)


def total(check: dict[str, Any], epochs: int) -> float:
    """Returns the seconds of the whole run, as the page adds them up."""
    parts = (check["start_seconds"], check["feature_seconds"], epochs * (check["seconds_per_epoch"] or 0.0))
    return sum(part or 0.0 for part in parts)


def at(time: str) -> datetime:
    return datetime.fromisoformat(time)
