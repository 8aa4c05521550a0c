"""What the log of changed runs costs a launch and an epoch: both with its triggers and without, alternating."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from time import process_time
from typing import Any

from sqlalchemy import Executable, delete, insert, text, update

from backend.db.engine import Database
from backend.db.models import Run
from benchmarks.measuring.figure import Figure

TRIGGERS = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'runs'"
RATIO_BUDGET = 1.2
ROUNDS = 4


def figures(database: Database, row: Mapping[str, Any], repeats: int) -> Iterator[Figure]:
    """Yields the ratio of the least processor times. The runs that are launched are deleted again."""
    times: dict[tuple[str, bool], list[float]] = {}
    for turn in range(ROUNDS):
        is_logged = turn % 2 == 0
        with triggers(database, is_logged):
            for number in range(repeats):
                run_id = f"logged{turn}{number}"
                launched = insert(Run).values({**row, "id": run_id})
                times.setdefault(("launch", is_logged), []).append(written_ms(database, launched))
                saved = (
                    update(Run).where(Run.id == run_id).values(epoch=number, best_loss=number, metrics=row["metrics"])
                )
                times.setdefault(("epoch", is_logged), []).append(written_ms(database, saved))
    for name in ("launch", "epoch"):
        logged, plain = min(times[name, True]), min(times[name, False])
        details = {"logged_ms": round(logged, 3), "plain_ms": round(plain, 3)}
        yield Figure(f"{name}, with the log of changed runs / without", logged / plain, "times", RATIO_BUDGET, details)
    with database.write() as session:
        session.execute(delete(Run).where(Run.id.startswith("logged")))


@contextmanager
def triggers(database: Database, are_there: bool) -> Iterator[None]:
    """Drops the triggers for the block, unless they are to be there."""
    with database.write() as session:
        dropped = [] if are_there else session.execute(text(TRIGGERS)).all()
        for name, _ in dropped:
            session.execute(text(f"DROP TRIGGER {name}"))
    yield
    with database.write() as session:
        for _, statement in dropped:
            session.execute(text(statement))


def written_ms(database: Database, statement: Executable) -> float:
    """Returns the milliseconds of processor time of a transaction with one statement."""
    started = process_time()
    with database.write() as session:
        session.execute(statement)
    return (process_time() - started) * 1e3
