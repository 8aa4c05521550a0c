"""The trials of a study: its runs, each with the state and the objective that follow from its row."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.db.models import HELD, Run, Study

TrialState = Literal["queued", "running", "finished", "failed", "pruned", "stopped"]
OPEN: tuple[TrialState, ...] = ("queued", "running")


@dataclass(frozen=True)
class TrialRow:
    """One trial. `value` is the objective at the run's best epoch; only that of a finished trial counts.

    `seconds` is the time from its start to its end.
    """

    run: str
    name: str
    number: int
    values: dict[str, Any]
    state: TrialState
    value: float | None
    epoch: int
    epochs: int
    best_epoch: int | None
    finished_at: float | None
    seconds: float | None

    @property
    def point(self) -> dict[str, Any]:
        """The values without the seed."""
        return {path: value for path, value in self.values.items() if path != "seed"}


def objective_column(objective: str) -> Any:
    """Returns the column of runs that holds an objective such as `best.val_accuracy`."""
    return getattr(Run, objective.replace(".", "_"))


def is_minimized(objective: str) -> bool:
    return objective.endswith("loss")


def trials_of(session: Session, studies: Iterable[Study]) -> dict[str, list[TrialRow]]:
    """Returns the trials of each study, in the order of their numbers."""
    by_objective: dict[str, list[str]] = defaultdict(list)
    for study in studies:
        by_objective[study.objective].append(study.id)
    trials: dict[str, list[TrialRow]] = {study_id: [] for ids in by_objective.values() for study_id in ids}
    for objective, ids in by_objective.items():
        rows = session.execute(
            select(
                *(Run.id, Run.name, Run.study, Run.trial, Run.study_values, Run.status, Run.pruned_epoch, Run.epoch),
                *(Run.epochs, Run.best, Run.started_at, Run.finished_at),
                objective_column(objective).label("value"),
            )
            .where(Run.study.in_(ids))
            .order_by(Run.trial)
        )
        for row in rows:
            trials[row.study].append(_trial(row))
    return trials


def _trial(row: Any) -> TrialRow:
    return TrialRow(
        run=row.id,
        name=row.name,
        number=row.trial,
        values=row.study_values or {},
        state=_state(row),
        value=row.value,
        epoch=row.epoch,
        epochs=row.epochs,
        best_epoch=row.best["epoch"] if row.best else None,
        finished_at=row.finished_at,
        seconds=row.finished_at - row.started_at if row.finished_at and row.started_at else None,
    )


def _state(row: Any) -> TrialState:
    """A pruned run that a person resumes stays a pruned trial: its objective had another budget."""
    if row.pruned_epoch is not None:
        return "pruned"
    if row.status == "finished":
        return "finished" if row.value is not None else "failed"  # null: its objective was never a number
    if row.status in HELD:
        return "running"
    state: TrialState = row.status
    return state


def best_of(objective: str, trials: Sequence[TrialRow]) -> TrialRow | None:
    """Returns the finished trial with the best objective, the earliest of equal ones."""
    finished = [trial for trial in trials if trial.state == "finished"]
    sign = 1 if is_minimized(objective) else -1
    return min(finished, key=lambda trial: (sign * (trial.value or 0.0), trial.number), default=None)
