"""Answers about many runs: two runs image by image, curves of 50 and bands of 1,000, the runs table, and a study."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from backend.db.engine import open_database
from backend.settings import Settings
from backend.spec import RunSpec
from benchmarks.many_runs import runs_table, study_page
from benchmarks.measuring.answers import answers_ms, figure
from benchmarks.measuring.board import Board, running_board
from benchmarks.measuring.figure import Figure
from benchmarks.measuring.options import Options
from tests.support.runs.compared import SPEC, StoredRuns

IMAGES, EPOCHS, MANY = 10_000, 100, 1_000
REPEATS = 15
TWO_RUNS_BUDGET_MS = 100.0
CURVES_BUDGET_MS = 150.0
BANDS_BUDGET_MS = 1_000.0


def figures(options: Options) -> Iterator[Figure]:
    with running_board(options) as board:
        yield from measure(board, options)


def measure(board: Board, options: Options) -> Iterator[Figure]:
    """Writes the runs' rows and files instead of training them."""
    images, epochs, many = (60, 3, 60) if options.smoke else (IMAGES, EPOCHS, MANY)
    database = open_database(Settings(data_dir=board.data_dir))
    runs = StoredRuns(database, board.data_dir)
    pair = scored_runs(runs, images)
    curves = runs_with_curves(runs, epochs, many)
    database.engine.dispose()

    repeats = 2 if options.smoke else REPEATS
    two = answers_ms(board, repeats, "/api/compare", runs=",".join(pair))
    yield figure(f"compare two runs on {images:,} images", two, TWO_RUNS_BUDGET_MS)
    fifty = answers_ms(board, repeats, "/api/compare/curves", runs=",".join(curves[:50]))
    yield figure(f"curves of {len(curves[:50])} runs × {epochs} epochs", fifty, CURVES_BUDGET_MS)
    rate = "optimizer.learning_rate"
    bands = answers_ms(board, repeats, "/api/compare/curves", where="epoch>1", dataset="compared", group_by=rate)
    yield figure(f"bands of {many:,} runs × {epochs} epochs", bands, BANDS_BUDGET_MS)
    yield from runs_table.measure(board, options)
    yield from study_page.measure(board, options)


def scored_runs(runs: StoredRuns, images: int) -> list[str]:
    """Returns two runs that are right on nine of ten images each."""
    labels = np.random.default_rng(0).integers(0, 10, images)
    runs.dataset("compared", labels.tolist(), [f"class {number}" for number in range(10)])
    draws = [np.random.default_rng(seed) for seed in (1, 2)]
    answers = [np.where(draw.random(images) < 0.9, labels, draw.integers(0, 10, images)) for draw in draws]
    return [runs.run(answer.tolist(), dataset={"name": "compared"}) for answer in answers]


def runs_with_curves(runs: StoredRuns, epochs: int, number: int) -> list[str]:
    """Returns runs of ten learning rates."""
    names = ("loss", "accuracy", "val_loss", "val_accuracy", "val_macro_f1", "learning_rate", "penalty")
    metrics = [{**dict.fromkeys(names, 1 - 1 / (epoch + 2)), "seconds": 1.0} for epoch in range(epochs)]
    first = runs.run((), metrics, dataset={"name": "compared"})
    specs = [spec_with_rate(0.001 * (1 + n % 10)) for n in range(1, number)]
    return [first, *runs.copies(first, number - 1, spec=specs)]


def spec_with_rate(rate: float) -> dict[str, Any]:
    spec = {**SPEC, "dataset": {"name": "compared"}, "optimizer": {"name": "adam", "learning_rate": rate}}
    return RunSpec.model_validate(spec).as_json()
