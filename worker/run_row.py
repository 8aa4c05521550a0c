"""Changes to a run's row when an epoch is saved or rolled back: metrics, best epoch and sparkline."""

import math
from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.db.clock import database_time
from backend.db.models import Artifact, Epoch, Run, State
from backend.runs.pace import add_epoch
from backend.spec import RunSpec
from worker.training.report import SavedEpoch

SPARKLINE_POINTS = 40  # at most, as the contract has it

JsonMetrics = dict[str, float | None]


def json_metrics(metrics: Mapping[str, float]) -> JsonMetrics:
    """Returns metrics for JSON: NaN and infinity become None."""
    return {name: value if math.isfinite(value) else None for name, value in metrics.items()}


def set_epoch(session: Session, run: Run, epoch: SavedEpoch, metrics: JsonMetrics) -> None:
    """Makes `epoch` the run's latest, and its best if it has a best model."""
    monitor = _monitor(run)
    run.epoch, run.metrics = epoch.epoch, metrics
    add_epoch(run, database_time(session), metrics.get("seconds"))
    run.claims = run.stalls = 0
    if epoch.best is not None:
        _set_best(run, epoch.epoch, monitor, metrics)
    run.spark = _sparkline(session, run.id, epoch.epoch, monitor, metrics[monitor])


def roll_back(session: Session, run: Run, state: State | None) -> None:
    """Restores the row to what it was when `state` was saved, or to no epoch. Later epochs are already deleted."""
    monitor = _monitor(run)
    latest = session.get(Epoch, (run.id, state.epoch)) if state else None
    best_model = session.get(Artifact, (run.id, "best.keras"))
    best = session.get(Epoch, (run.id, best_model.epoch)) if best_model else None
    run.epoch, run.metrics = (latest.epoch, latest.metrics) if latest else (0, None)
    _set_best(run, best.epoch if best else 0, monitor, best.metrics if best else None)
    run.spark = _sparkline(session, run.id, run.epoch, monitor, latest.metrics[monitor]) if latest else []
    run.epoch_at, run.last_epoch_seconds = None, []


def sparkline_epochs(last: int) -> list[int]:
    """Returns at most `SPARKLINE_POINTS` evenly spaced epochs from 1 to `last`, both included."""
    if last <= SPARKLINE_POINTS:
        return list(range(1, last + 1))
    step = (last - 1) / (SPARKLINE_POINTS - 1)
    return [1 + round(point * step) for point in range(SPARKLINE_POINTS)]


def _monitor(run: Run) -> str:
    return RunSpec.model_validate(run.spec).callbacks.checkpoint.monitor


def _set_best(run: Run, epoch: int, monitor: str, metrics: Mapping[str, float | None] | None) -> None:
    run.best = {"epoch": epoch, "monitor": monitor, "value": metrics[monitor], "metrics": metrics} if metrics else None
    if run.test is not None and run.test["epoch"] != epoch:
        run.test = None  # the score of the previous best model
    for name in ("loss", "accuracy", "val_loss", "val_accuracy", "val_macro_f1"):
        setattr(run, f"best_{name}", metrics[name] if metrics else None)


def _sparkline(session: Session, run_id: str, epoch: int, monitor: str, newest: float | None) -> list[float | None]:
    """Returns the monitor's values up to `epoch`, whose value `newest` has no row yet when an epoch is saved."""
    earlier = select(Epoch.metrics).where(Epoch.run_id == run_id, Epoch.epoch.in_(sparkline_epochs(epoch)[:-1]))
    return [*(metrics.get(monitor) for metrics in session.scalars(earlier.order_by(Epoch.epoch))), newest]
