"""The time of a prediction: the first of a model and later ones, on an idle machine and during a training."""

import io
import statistics
import time
from collections.abc import Iterator

import numpy as np
from PIL import Image

from benchmarks.measuring.board import Board, add_pets, running_board
from benchmarks.measuring.figure import Figure, percentile
from benchmarks.measuring.options import Options
from tests.support.service.program import slow_spec

BUDGET_FIRST_SECONDS, BUDGET_LATER_SECONDS = 3.0, 0.3
MODELS, LATER_PREDICTIONS, EPOCHS, LOAD_SECONDS = 3, 40, 5, 15.0
SMOKE_MODELS, SMOKE_LATER_PREDICTIONS, SMOKE_EPOCHS, SMOKE_LOAD_SECONDS = 1, 2, 1, 1.0
PHOTO_SIZE = (4032, 3024)  # pixels: twelve megapixels, as phones take them
WIDE_LAYERS = {"filters": [128, 256], "padding": "same", "dense_units": [64]}


def figures(options: Options) -> Iterator[Figure]:
    with running_board(options, EPOCHBOARD_IDLE_SECONDS="1") as board:
        yield from measure(board, options)


def measure(board: Board, options: Options) -> Iterator[Figure]:
    """With a photo of twelve megapixels and the VGG-like network of CIFAR-10."""
    count = SMOKE_MODELS if options.smoke else MODELS
    board.wait_for_helper()
    photo = make_photo()
    models = train_models(board, 2 * count, options)
    board.wait_for_trainer()
    yield from latencies(board, photo, models[:count], "alone", options)
    training = board.launch(spec=slow_spec(10_000) if options.smoke else long_spec())
    before = undisturbed_epoch_seconds(board, training, options)
    yield from latencies(board, photo, models[count:], "beside a training", options)
    yield slowdown(board, photo, models[-1], training, before, options)
    board.post(f"/api/runs/{training}/stop", b'{"mode": "kill"}')


def latencies(board: Board, photo: bytes, models: list[str], when: str, options: Options) -> Iterator[Figure]:
    count = SMOKE_LATER_PREDICTIONS if options.smoke else LATER_PREDICTIONS
    first = [predict(board, run_id, photo) for run_id in models]
    later = [predict(board, models[-1], photo) for _ in range(count)]
    details = {"median": round(statistics.median(first), 3), "models": len(models)}
    yield Figure(f"first prediction of a model, {when}", max(first), "s", BUDGET_FIRST_SECONDS, details)
    details = {"median": round(statistics.median(later), 3), "worst": round(max(later), 3), "requests": count}
    yield Figure(f"later predictions, {when}: p95", percentile(later, 95), "s", BUDGET_LATER_SECONDS, details)


def slowdown(board: Board, photo: bytes, model: str, training: str, before_seconds: float, options: Options) -> Figure:
    """Sends one photo after the other while a run trains on the same processors."""
    load_seconds, count = SMOKE_LOAD_SECONDS if options.smoke else LOAD_SECONDS, 0
    deadline = time.monotonic() + load_seconds
    while time.monotonic() < deadline:
        predict(board, model, photo)
        count += 1
    after_seconds = recent_epoch_seconds(board, training, options)
    rate = round(count / load_seconds, 1)
    details = {"alone": round(before_seconds, 3), "loaded": round(after_seconds, 3), "images_per_second": rate}
    name = "an epoch during predictions, one after the other ÷ undisturbed"
    return Figure(name, after_seconds / before_seconds, "ratio", None, details)


def undisturbed_epoch_seconds(board: Board, run_id: str, options: Options) -> float:
    board.at_epoch(run_id, (SMOKE_EPOCHS if options.smoke else EPOCHS) + 2)
    return recent_epoch_seconds(board, run_id, options)


def recent_epoch_seconds(board: Board, run_id: str, options: Options) -> float:
    """Returns the median of the last epochs."""
    seconds: list[float] = board.get(f"/api/runs/{run_id}/metrics?names=seconds")["series"]["seconds"]
    return statistics.median(seconds[-(SMOKE_EPOCHS if options.smoke else EPOCHS) :])


def train_models(board: Board, count: int, options: Options) -> list[str]:
    """Returns the ids of new runs, whose models have not predicted yet. Bundles are made after a run, on all cores."""
    recipe = "cifar-strided" if options.smoke else "cifar-vgg"
    spec = board.recipe(recipe, epochs=1, batch_size=8, dataset={"name": add_pets(board)})
    run_ids = [board.launch(spec={**spec, "seed": seed}) for seed in range(count)]
    for run_id in run_ids:
        run = board.ended(run_id)
        assert run["best"], f"run {run_id} {run['status']}: {run['error']}"
    for run_id in () if options.smoke else run_ids:
        board.wait_for_bundle(run_id)
    return run_ids


def long_spec() -> dict[str, object]:
    """A run that keeps all cores busy until it is stopped."""
    return {**slow_spec(10_000), "model": {"preset": "strided_cnn", "options": WIDE_LAYERS}, "batch_size": 64}


def predict(board: Board, run_id: str, photo: bytes) -> float:
    """Returns the seconds until the response."""
    started = time.perf_counter()
    response = board.post(f"/api/runs/{run_id}/predict", photo, "image/jpeg")
    seconds = time.perf_counter() - started
    assert response["top"], response
    return seconds


def make_photo() -> bytes:
    """Returns a JPEG with the size and detail of a phone's photo."""
    width, height = PHOTO_SIZE
    pixels = np.random.default_rng(0).integers(0, 256, (height // 8, width // 8, 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).resize(PHOTO_SIZE, Image.Resampling.BICUBIC).save(file, "JPEG", quality=88)
    return file.getvalue()
