"""Queue positions are counted, for the requested runs only."""

import random

from sqlalchemy import select, update

from backend.db.engine import Database
from backend.db.models import Run
from backend.runs.queue import position, positions, select_queued
from tests.support.service.live import queue_run


def queue_runs(database: Database, count: int) -> None:
    """Queues runs of all priorities, some of them at the same time."""
    draw = random.Random(1)
    for _ in range(count):
        run_id = queue_run(database)
        with database.write() as session:
            place = {"priority": draw.choice([-1, 0, 1]), "queued_at": float(draw.randrange(4))}
            session.execute(update(Run).where(Run.id == run_id).values(place))


def test_positions_are_those_of_the_queue(database: Database) -> None:
    queue_runs(database, 12)
    with database.write() as session:
        ended = session.scalars(select(Run)).first()
        assert ended is not None
        ended.status = "finished"
        session.flush()

        queue = list(session.scalars(select_queued()))
        runs = list(session.scalars(select(Run)))
        expected = {run_id: number for number, run_id in enumerate(queue, start=1)}

        assert positions(session, runs) == expected
        assert {run.id: position(session, run) for run in runs if run.status == "queued"} == expected
        some = positions(session, runs[3:8])
        assert {run.id: some[run.id] for run in runs[3:8] if run.id in expected} == {
            run.id: expected[run.id] for run in runs[3:8] if run.id in expected
        }
        assert positions(session, [ended]) == {}
