"""How soon a picture is answered: by a model that nobody asked before, and after that; alone, and beside a training."""

import io
import statistics
import time
from argparse import Namespace
from collections.abc import Iterator

import numpy as np
from PIL import Image

from benchmarks.board import Board, idle, running_board
from benchmarks.figure import Figure, percentile
from tests.support.program import slow_spec
from tests.support.zips import pets, zipped

FIRST_SECONDS, LATER_SECONDS = 3.0, 0.3
MODELS = 3
LATER = 40
EPOCHS = 5
ASKING_SECONDS = 15.0
BUNDLE_SECONDS = 300.0
SIDE = 32
PHOTO = (4032, 3024)
ALL_CORES = {"filters": [128, 256], "padding": "same", "dense_units": [64]}


def figures(_options: Namespace) -> Iterator[Figure]:
    """With a photo of twelve megapixels, and a the VGG-like network of CIFAR-10."""
    with running_board(EPOCHBOARD_IDLE_SECONDS="1") as board:
        board.wait(lambda: idle(board.helper()), 120, "a helper that is warm")
        photo = jpeg()
        bring_pictures(board)
        models = trained(board)
        board.warm_up()
        yield from answers(board, photo, models[:MODELS], "alone")
        training = board.launch(spec=busy_spec())
        before = epoch_seconds(board, training)
        yield from answers(board, photo, models[MODELS:], "beside a training")
        yield disturbance(board, photo, models[-1], training, before)


def answers(board: Board, photo: bytes, models: list[str], when: str) -> Iterator[Figure]:
    first = [ask(board, run_id, photo) for run_id in models]
    later = [ask(board, models[-1], photo) for _ in range(LATER)]
    details = {"median": round(statistics.median(first), 3), "models": len(models)}
    yield Figure(f"first prediction of a model, {when}", max(first), "s", FIRST_SECONDS, details)
    details = {"median": round(statistics.median(later), 3), "worst": round(max(later), 3), "asked": LATER}
    yield Figure(f"later predictions, {when}: p95", percentile(later, 95), "s", LATER_SECONDS, details)


def disturbance(board: Board, photo: bytes, model: str, training: str, before: float) -> Figure:
    """Pictures sent one after the other, as from a zip, while a run trains on the same processors."""
    until, asked = time.monotonic() + ASKING_SECONDS, 0
    while time.monotonic() < until:
        ask(board, model, photo)
        asked += 1
    after = latest(board, training)
    details = {
        "alone": round(before, 3),
        "asked": round(after, 3),
        "pictures_a_second": round(asked / ASKING_SECONDS, 1),
    }
    return Figure(
        "an epoch while pictures are asked one after the other ÷ undisturbed", after / before, "", None, details
    )


def epoch_seconds(board: Board, run_id: str) -> float:
    board.at_epoch(run_id, EPOCHS + 2)
    return latest(board, run_id)


def latest(board: Board, run_id: str) -> float:
    """The median of the last epochs."""
    series: list[float] = board.get(f"/api/runs/{run_id}/metrics?names=seconds")["series"]["seconds"]
    return statistics.median(series[-EPOCHS:])


def trained(board: Board) -> list[str]:
    """Runs whose models nobody asked yet."""
    spec = board.recipe("cifar-vgg", epochs=1, batch_size=8)
    asked = [{**spec, "dataset": {**spec["dataset"], "name": "pets"}, "seed": seed} for seed in range(2 * MODELS)]
    runs = [board.launch(spec=one) for one in asked]
    for run_id in runs:
        run = board.ended(run_id)
        assert run["best"], f"run {run_id} {run['status']}: {run['error']}"
    for run_id in runs:
        board.wait(lambda one=run_id: bundled(board, one), BUNDLE_SECONDS, "the bundle of a run")
    return runs


def bundled(board: Board, run_id: str) -> bool:
    """Whether the processors are free of what follows a run."""
    made = board.get(f"/api/runs/{run_id}/exports")["items"]
    return all(item["status"] in ("ready", "failed") for item in made if item["kind"] == "bundle")


def busy_spec() -> dict[str, object]:
    """A run that computes on all cores for as long as it is asked."""
    return {**slow_spec(10_000), "model": {"preset": "strided_cnn", "options": ALL_CORES}, "batch_size": 64}


def bring_pictures(board: Board) -> None:
    board.post(f"/api/datasets?name=pets&image_size={SIDE}", zipped(pets()), "application/zip")
    board.wait(lambda: board.get("/api/datasets/pets")["status"] == "ready", 60, "the dataset pets")


def ask(board: Board, run_id: str, photo: bytes) -> float:
    """Seconds until the answer."""
    began = time.perf_counter()
    answer = board.post(f"/api/runs/{run_id}/predict", photo, "image/jpeg")
    took = time.perf_counter() - began
    assert answer["top"], answer
    return took


def jpeg() -> bytes:
    """A photo of a phone, in size and detail."""
    draw = np.random.default_rng(0)
    coarse = Image.fromarray(draw.integers(0, 256, (PHOTO[1] // 8, PHOTO[0] // 8, 3), dtype=np.uint8))
    file = io.BytesIO()
    coarse.resize(PHOTO, Image.Resampling.BICUBIC).save(file, "JPEG", quality=88)
    return file.getvalue()
