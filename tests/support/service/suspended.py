"""Suspends processes of a program, between two transactions: whoever holds SQLite's lock would stop all others."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psutil
import pysqlite3

from tests.support.service.program import Program

KILL = b'{"mode": "kill"}'


@contextmanager
def held_in_training(program: Program, **body: Any) -> Iterator[str]:
    """Launches a run that stays in training after its first epoch, and takes no processor time while it does."""
    run_id = program.launch(**body)
    program.at_epoch(run_id, 1)
    suspend(program, program.trainer())
    yield run_id
    program.post(f"/api/runs/{run_id}/stop", KILL)


def suspend(program: Program, *processes: psutil.Process) -> None:
    program.wait(lambda: _is_suspended(program, *processes), 20, "a moment outside of a transaction")


def _is_suspended(program: Program, *processes: psutil.Process) -> bool:
    """Suspends processes. Resumes them and returns False if one holds SQLite's lock, which would block all writes."""
    for process in processes:
        process.suspend()
    database = pysqlite3.connect(program.data_dir / "epochboard.db", timeout=0.5)
    try:
        database.execute("BEGIN IMMEDIATE")
    except pysqlite3.OperationalError:
        for process in processes:
            process.resume()
        return False
    finally:
        database.close()
    return True
