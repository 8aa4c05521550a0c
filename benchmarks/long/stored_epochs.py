"""Epochs of a long run, whose rows are written as its trainer does it."""

import math
import random
import time

from sqlalchemy import insert

from backend.db.engine import Database
from backend.db.models import Epoch, Run
from backend.runs.metrics.blocks import BLOCK_EPOCHS, pack_blocks
from backend.runs.metrics.names import METRICS
from tests.support.runs.stored_runs import run_row


def write_run(database: Database, number: int, epochs: int) -> list[float]:
    """Writes an ended run, and returns the milliseconds that each block was packed in."""
    row = {**run_row(number), "epoch": epochs, "epochs": epochs}
    with database.write() as session:
        session.execute(insert(Run), [row])
    return write_epochs(database, row["id"], epochs)


def write_epochs(database: Database, run_id: str, epochs: int) -> list[float]:
    """Writes the epochs of a run block by block, and returns the milliseconds that each block was packed in."""
    draw = random.Random(0)
    times = []
    for start in range(0, epochs, BLOCK_EPOCHS):
        last = min(start + BLOCK_EPOCHS, epochs)
        with database.write() as session:
            session.execute(insert(Epoch), [epoch_row(run_id, epoch, draw) for epoch in range(start + 1, last + 1)])
            started = time.perf_counter()
            pack_blocks(session, run_id, last)
            session.flush()
            times.append(round((time.perf_counter() - started) * 1e3, 1))
    return times[: epochs // BLOCK_EPOCHS]


def epoch_row(run_id: str, epoch: int, draw: random.Random) -> dict[str, object]:
    metrics = {name: 0.8 * math.exp(-epoch / 20_000) + draw.random() / 10 for name in METRICS}
    return {"run_id": run_id, "epoch": epoch, "metrics": metrics, "predictions": "p", "predictions_sha256": "0"}
