"""Bets: the accuracy that a person expected of a run before its launch, beside what came of it."""

import json
import statistics
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel
from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from backend.db.clock import to_datetime
from backend.db.models import ENDED, Json, Run
from backend.runs.newest_first import newest_first
from backend.runs.schemas import Status

HAS_BET = Run.bet.is_not(None)
IS_SETTLED = HAS_BET & Run.status.in_(ENDED) & Run.best_val_accuracy.is_not(None)


class Bet(BaseModel):
    """`value` is the run's `best.val_accuracy`, null until it has ended.

    `noise` is the standard deviation of that value between seeds, over the finished runs whose specs are equal apart
    from the seed; null where there is only one seed.
    """

    run: str
    name: str
    status: Status
    bet: float
    value: float | None
    noise: float | None
    created_at: datetime


class Calibration(BaseModel):
    """Of all `n` bets whose run has ended: the mean of bet minus value, and of its absolute value."""

    n: int
    bias: float | None
    mean_absolute_error: float | None


class Bets(BaseModel):
    items: list[Bet]
    next_cursor: str | None
    total: int
    calibration: Calibration


def list_bets(session: Session, limit: int, cursor: str | None) -> Bets:
    """Returns a page of bets, newest first, and the calibration of all."""
    runs, next_cursor, total = newest_first(session, Run, [HAS_BET], "bets", limit, cursor)
    noise = _seed_noise(session, runs)
    items = [_read(run, noise.get(run.id)) for run in runs]
    return Bets(items=items, next_cursor=next_cursor, total=total, calibration=_calibration(session))


def _read(run: Run, noise: float | None) -> Bet:
    return Bet(
        run=run.id,
        name=run.name,
        status=run.status,
        bet=run.bet or 0.0,
        value=run.best_val_accuracy if run.status in ENDED else None,
        noise=noise,
        created_at=to_datetime(run.created_at),
    )


def _calibration(session: Session) -> Calibration:
    error = Run.bet - Run.best_val_accuracy
    n, bias, absolute = session.execute(
        select(func.count(), func.avg(error), func.avg(func.abs(error))).where(IS_SETTLED)
    ).one()
    return Calibration(n=n, bias=bias, mean_absolute_error=absolute)


def _seed_noise(session: Session, runs: Sequence[Run]) -> dict[str, float]:
    """Returns the standard deviation among the repeats of each run, by its id.

    The newest run of each seed counts: the same seed again gives the same result, which says nothing of the noise.
    """
    alike = {(run.dataset, run.model, run.epochs) for run in runs}
    candidates = select(Run.spec, Run.best_val_accuracy).where(
        tuple_(Run.dataset, Run.model, Run.epochs).in_(alike),
        Run.status == "finished",
        Run.best_val_accuracy.is_not(None),
    )
    values: dict[str, dict[int, float]] = defaultdict(dict)
    for spec, value in session.execute(candidates.order_by(Run.created_at, Run.id)):
        values[_apart_from_seed(spec)][spec["seed"]] = value or 0.0
    repeats = {run.id: values[_apart_from_seed(run.spec)] for run in runs}
    return {run_id: statistics.stdev(by_seed.values()) for run_id, by_seed in repeats.items() if len(by_seed) > 1}


def _apart_from_seed(spec: Json) -> str:
    return json.dumps({**spec, "seed": None}, sort_keys=True)
