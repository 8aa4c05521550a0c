"""A model from few images: seconds from *Train* to the result, and how fast features are beside `model.predict`."""

import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.measuring.board import Board, add_zip, running_board
from benchmarks.measuring.figure import Figure
from benchmarks.measuring.options import Options
from tests.support.files.zips import encoded, noise, zipped

RECIPE = "photos-quick"
CLASSES, IMAGES_PER_CLASS = 10, 63  # 504 training and 126 test images
SIDE = 96
PAIRS, TIMED_IMAGES = 5, 500
LEAST_SHARE = 0.8  # of the speed of `model.predict`


def figures(options: Options) -> Iterator[Figure]:
    with running_board(options) as board:
        yield from measure(board, options)


def measure(board: Board, options: Options) -> Iterator[Figure]:
    name = add_photos(board, options)
    for attempt in ("first",) if options.smoke else ("first", "second"):
        seconds, estimate = train(board, name, options)
        yield Figure(f"{RECIPE} from the request to the result, {attempt} time", seconds, "s", details=estimate)
    yield from speeds(options)


def add_photos(board: Board, options: Options) -> str:
    """Adds images of noise: what they show takes no part in how long a network needs."""
    classes, images = (2, 4) if options.smoke else (CLASSES, IMAGES_PER_CLASS)
    names = [f"class {number % classes}/{number}.png" for number in range(classes * images)]
    entries = {name: encoded(noise(seed, SIDE, SIDE)) for seed, name in enumerate(names)}
    return add_zip(board, "few", zipped(entries), SIDE)


def train(board: Board, name: str, options: Options) -> tuple[float, dict[str, Any]]:
    """Returns the seconds until the run has finished, and what the board had estimated."""
    board.wait_for_trainer()
    epochs = {"epochs": 1} if options.smoke else {}
    spec = board.recipe(RECIPE, dataset={"name": name}, **epochs)
    check = board.post("/api/specs/check", json.dumps(spec).encode())
    started = time.perf_counter()
    run_id = board.launch(spec=spec)
    for event in board.events(run_id):
        if event.kind == "end":
            break
    seconds = time.perf_counter() - started
    assert board.run(run_id)["status"] == "finished", board.log(run_id)
    return seconds, {"estimated_features": check["feature_seconds"], "estimated_epoch": check["seconds_per_epoch"]}


def speeds(options: Options) -> Iterator[Figure]:
    """Measures in pairs, in this process: the features that a trainer writes to its files, then `model.predict`."""
    features, predict = zip(
        *paired_speeds(1 if options.smoke else PAIRS, 32 if options.smoke else TIMED_IMAGES), strict=True
    )
    ratio = statistics.median(ours / keras for ours, keras in zip(features, predict, strict=True))
    yield Figure("features computed and stored", statistics.median(features), "images/s")
    yield Figure("model.predict on the same network", statistics.median(predict), "images/s")
    budget = 1 / LEAST_SHARE
    yield Figure("model.predict ÷ features, images a second", 1 / ratio, "ratio", budget, {"share": round(ratio, 3)})


def paired_speeds(pairs: int, count: int) -> list[tuple[float, float]]:
    """Returns images a second, of features as a trainer computes them and of `model.predict`, in turn."""
    compute_all, predict_all = both_ways(count)
    with tempfile.TemporaryDirectory() as folder:
        for number, work in enumerate((compute_all, predict_all)):
            speed(work, Path(folder, f"warm {number}"), count)  # traces the network
        return [
            (
                speed(compute_all, Path(folder, f"{pair} features"), count),
                speed(predict_all, Path(folder, f"{pair} predict"), count),
            )
            for pair in range(pairs)
        ]


def both_ways(count: int) -> tuple[Callable[[Path], None], Callable[[Path], None]]:
    """Returns two functions of a folder that put the same random images through the same network."""
    from backend.spec.recipes import recipe_spec
    from tests.support.training.trainings import Recorded
    from worker.training import networks
    from worker.training.backbones.features import FeatureFile
    from worker.training.backbones.progress import FeatureProgress
    from worker.training.data.scaling import PixelScaling
    from worker.training.portable.backbone import feature_pass

    spec = recipe_spec(RECIPE)
    network = networks.build(spec.model, (SIDE, SIDE, 3), CLASSES)
    network.compile(jit_compile=False)  # else XLA compiles `predict`, which is slower on a processor
    images = np.random.default_rng(0).integers(0, 256, (count, SIDE, SIDE, 3), dtype=np.uint8)
    scaled = images.astype(np.float32) / 127.5 - 1
    forward, positions = feature_pass(network, PixelScaling(spec.preprocessing.scaling)), np.arange(count)
    width = network.get_layer("features").output.shape[-1]

    def compute_all(folder: Path) -> None:
        file = FeatureFile(folder, "train", count, width, "image")
        file.rows(positions, lambda rows: forward(images[rows], rows), FeatureProgress(Recorded()))

    def predict_all(_folder: Path) -> None:
        network.predict(scaled, verbose=0)

    return compute_all, predict_all


def speed(work: Callable[[Path], None], folder: Path, images: int) -> float:
    folder.mkdir()
    started = time.perf_counter()
    work(folder)
    return images / (time.perf_counter() - started)
