"""Answers that a study's page is made of, with rows that are written instead of trained."""

import random
from collections.abc import Iterator

from backend.db.engine import Database, open_database
from backend.db.models import Study
from backend.settings import Settings
from backend.spec import RunSpec
from benchmarks.measuring.answers import answers_ms, figure
from benchmarks.measuring.board import Board
from benchmarks.measuring.figure import Figure
from benchmarks.measuring.options import Options
from tests.support.runs.compared import SPEC, StoredRuns

TRIALS = 500
REPEATS = 15
BUDGET_MS = 1_000.0
ROWS = 200  # of one answer, the most there can be
RATE = "optimizer.learning_rate"


def measure(board: Board, options: Options) -> Iterator[Figure]:
    """The page reads the study, and its runs with what the study chose and what came of it."""
    trials, repeats = (20, 2) if options.smoke else (TRIALS, REPEATS)
    database = open_database(Settings(data_dir=board.data_dir))
    study = write_study(database, StoredRuns(database, board.data_dir), trials)
    database.engine.dispose()
    whole = answers_ms(board, repeats, f"/api/studies/{study}")
    columns = f"{RATE},best.val_accuracy,study,epoch"
    rows = answers_ms(board, repeats, "/api/runs", study=study, view="row", columns=columns, limit=str(ROWS))
    pages = -(-trials // ROWS)
    times = [study_ms + pages * page_ms for study_ms, page_ms in zip(whole, rows, strict=True)]
    yield figure(f"page of a study of {trials:,} runs", times, BUDGET_MS)


def write_study(database: Database, runs: StoredRuns, trials: int) -> str:
    """Writes a finished random search over the learning rate, and returns its id."""
    draw = random.Random(0)
    rates = [10 ** draw.uniform(-4, -1) for _ in range(trials)]
    with database.write() as session:
        study = Study(
            id="benchmark",
            name="benchmark",
            kind="random",
            objective="best.val_accuracy",
            request={"space": {RATE: {"low": 1e-4, "high": 0.1, "log": True}}, "runs": trials},
            spec=RunSpec.model_validate(SPEC).as_json(),
            runs=trials,
            trials=trials,
            created_at=0.0,
            settled_at=0.0,
        )
        session.add(study)
    results = [draw.random() for _ in rates]
    runs.copies(
        runs.run(),
        trials,
        study=[study.id] * trials,
        trial=range(trials),
        study_values=[{RATE: rate} for rate in rates],
        best_val_accuracy=results,
    )
    return study.id
