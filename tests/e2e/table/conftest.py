"""Runs of the table, written by the tests."""

from collections.abc import Iterator
from typing import Any

import pytest

from backend.db.engine import open_database
from backend.settings import Settings
from tests.support.runs.stored_runs import write_runs
from tests.support.service.program import Program

RATES = (0.001, 0.01)


@pytest.fixture
def stored(board: Program) -> Iterator[list[str]]:
    """Returns the ids of 240 runs called `seeded N`, newest last, of two learning rates and 120 seeds."""
    database = open_database(Settings(data_dir=board.data_dir))
    ids = write_runs(database, *({**_run(number), "name": f"seeded {number}"} for number in range(240)))
    yield ids
    board.post("/api/runs/bulk", b'{"query": {"q": "seeded"}, "do": "delete"}')
    database.engine.dispose()


def _run(number: int) -> dict[str, Any]:
    rate = RATES[number % 2]
    accuracy = 0.9 - rate - number / 10_000
    return {"optimizer.learning_rate": rate, "seed": number // 2, "metrics": {"val_accuracy": accuracy}}
