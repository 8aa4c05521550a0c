"""The estimate before a launch against the time that the run takes: each recipe, and two specs that are none.

The board has no runs. The worker measures its machine first, as it does when it is idle. Images and epochs are limited,
so that all recipes take some minutes; the estimate is of the same limited spec.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from benchmarks.measuring.board import Board, add_dataset, add_zip, running_board
from benchmarks.measuring.figure import Figure
from benchmarks.measuring.options import CIFAR, FASHION, Options
from tests.support.files.zips import encoded, noise, zipped

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

NOISE_IMAGES, NOISE_SIDE = 1_500, 48


def _layer(class_name: str, **config: Any) -> dict[str, Any]:
    return {"class_name": class_name, "config": config}


POOLED, SOFTMAX = _layer("GlobalAveragePooling2D"), _layer("Dense", units=10, activation="softmax")
BROUGHT: dict[str, dict[str, Any]] = {
    "brought-deep": {
        "model": {
            "layers": [
                _layer("Conv2D", filters=24, kernel_size=5, strides=2, activation="relu"),
                _layer("BatchNormalization"),
                *[_layer("Conv2D", filters=48, kernel_size=3, padding="same", activation="relu")] * 2,
                _layer("MaxPooling2D"),
                _layer("Dropout", rate=0.3),
                _layer("Conv2D", filters=96, kernel_size=3, activation="relu"),
                POOLED,
                SOFTMAX,
            ]
        },
        "epochs": 4,
    },
    "brought-wide": {
        "model": {
            "layers": [
                _layer("Conv2D", filters=32, kernel_size=3, activation="relu"),
                _layer("MaxPooling2D", pool_size=4),
                _layer("Flatten"),
                _layer("Dense", units=256, activation="relu"),
                SOFTMAX,
            ]
        },
        "batch_size": 64,
        "epochs": 6,
    },
}
"""Two specs that are no recipe, on images as people bring them."""


def figures(options: Options) -> Iterator[Figure]:
    with running_board(options, EPOCHBOARD_IDLE_SECONDS="1") as board:
        yield from measure(board, options)


def measure(board: Board, options: Options) -> Iterator[Figure]:
    """Yields for each recipe how far the estimate is from the time from the claim to the end, as a share of it."""
    if not options.smoke:
        board.wait(lambda: has_costs(board), TIMING_SECONDS, "the costs of a training")
    if options.smoke:
        yield compared(board, "digits-quick", board.recipe("digits-quick", epochs=1))
        return
    for name, spec in BROUGHT.items():
        if name in (options.recipes or BROUGHT):
            yield compared(board, name, {**spec, "dataset": {"name": add_noise(board, name)}})
    for recipe, (epochs, limits) in LIMITS.items():
        dataset = {"fashion": FASHION, "digits": "digits"}.get(recipe.partition("-")[0], CIFAR)
        if recipe in (options.recipes or LIMITS) and (dataset == "digits" or options.has_images(dataset)):
            name = dataset if dataset == "digits" else add_dataset(board, dataset, options)
            spec = board.recipe(recipe, epochs=epochs, dataset={"name": name, **limits})
            yield compared(board, recipe, spec)


def has_costs(board: Board) -> bool:
    return any(slot["training_costs"] for worker in board.get("/api/workers")["items"] for slot in worker["slots"])


def compared(board: Board, name: str, spec: dict[str, Any]) -> Figure:
    board.wait_for_trainer()
    check = board.post("/api/specs/check", json.dumps(spec).encode())
    run = board.ended(board.launch(spec=spec), RUN_SECONDS)
    assert run["status"] == "finished", run["error"]
    estimate = total(check, spec["epochs"])
    seconds = (at(run["finished_at"]) - at(run["started_at"])).total_seconds()
    details = {"estimate": round(estimate, 2), "seconds": round(seconds, 2), "precision": run["precision"]}
    details |= {part: check[part] for part in ("start_seconds", "feature_seconds", "seconds_per_epoch")}
    error = abs(estimate - seconds) / seconds
    return Figure(f"estimate of {name}, its error", error, "share", BUDGET, details | taken(board, run))


def taken(board: Board, run: Any) -> dict[str, float]:
    """Returns the measured parts of a run, to be read beside those of its estimate."""
    log = {
        item["text"].partition(" ")[0]: at(item["time"]) for item in board.get(f"/api/runs/{run['id']}/log")["items"]
    }
    started, ended = log.get("Training", at(run["started_at"])), log.get("fit", at(run["finished_at"]))
    parts = {
        "until_training": started - at(run["started_at"]),
        "training": ended - started,
        "after_it": at(run["finished_at"]) - ended,
    }
    return {name: round(part.total_seconds(), 2) for name, part in parts.items()}


def add_noise(board: Board, name: str) -> str:
    """Adds random images of ten classes as a dataset, as people bring theirs."""
    files = {f"{n % 10}/{n}.png": encoded(noise(n, NOISE_SIDE, NOISE_SIDE)) for n in range(NOISE_IMAGES)}
    return add_zip(board, name, zipped(files), NOISE_SIDE)


def total(check: dict[str, Any], epochs: int) -> float:
    """Returns the seconds of the whole run, as the page adds them up."""
    parts = (check["start_seconds"], check["feature_seconds"], epochs * (check["seconds_per_epoch"] or 0.0))
    return sum(part or 0.0 for part in parts)


def at(time: str) -> datetime:
    return datetime.fromisoformat(time)
