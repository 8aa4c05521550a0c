"""Advances studies: queues the next trials of a search, ends hopeless ones, and keeps the importance up to date.

The driver holds nothing that matters: it reads the rows, decides, and commits by compare-and-set. It may be killed at
any moment, and several of them may run at the same time.
"""

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from backend.db.clock import clock
from backend.db.engine import Database
from backend.db.models import Epoch, Run, Study
from backend.errors import Conflict, Problem
from backend.lifecycle.stopping import prune
from backend.live.redis_stream import RedisStream
from backend.messaging.wakeups import Wakeups
from backend.settings import Settings
from backend.spec import RunSpec
from backend.studies.create import Candidates, lock_datasets, new_trials, queue_trials
from backend.studies.kinds import Grid, Search, StudyRequest, Tpe, Trial
from backend.studies.read import get_study, request_of
from backend.studies.trials import OPEN, TrialRow, is_minimized, trials_of
from backend.workers import number_of_slots

if TYPE_CHECKING:
    from backend.studies.optuna_study import OptunaStudy

MIN_FINISHED = 5  # trials before an importance is computed
RETRY_SECONDS = 10.0  # after an error, such as a dataset that is gone
RECOMPUTE_SHARE = 0.1  # more finished trials before it is computed again, or all have ended

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class View:
    """A study as it was read."""

    study: Study
    request: StudyRequest
    base: RunSpec
    trials: list[TrialRow]
    slots: int

    @property
    def open(self) -> int:
        return sum(trial.state in OPEN for trial in self.trials)

    @property
    def finished(self) -> int:
        return sum(trial.state == "finished" for trial in self.trials)

    @property
    def to_come(self) -> int:
        return self.study.runs - self.study.trials if self.study.stopped_at is None else 0

    @property
    def is_over(self) -> bool:
        return self.open == self.to_come == 0


class StudyDriver:
    def __init__(self, settings: Settings, database: Database, redis_stream: RedisStream, wakeups: Wakeups) -> None:
        self._settings = settings
        self._database = database
        self._redis_stream = redis_stream
        self._wakeups = wakeups
        self._seen: dict[str, object] = {}  # by study: what it was like when nothing was left to do for the moment
        self._retry_at: dict[str, float] = {}  # by study: when it is looked at again after an error
        self._judged: dict[str, int] = {}  # by run: the last epoch that the pruner has judged

    def advance(self) -> None:
        """Looks once at each study that is not settled. An error in one leaves the others alone."""
        with self._database.read() as session:
            slots = number_of_slots(session, self._settings.lease_seconds)
            ids = session.scalars(select(Study.id).where(Study.settled_at.is_(None)).order_by(Study.created_at)).all()
            current = {study_id: (slots, _fingerprint(session, study_id)) for study_id in ids}
        for study_id, fingerprint in current.items():
            is_due = time.monotonic() >= self._retry_at.get(study_id, 0.0)
            if is_due and self._seen.get(study_id) != fingerprint:
                self._try_to_advance(study_id, fingerprint)
        self._seen = {study_id: seen for study_id, seen in self._seen.items() if study_id in current}
        self._retry_at = {study_id: at for study_id, at in self._retry_at.items() if study_id in current}

    def _try_to_advance(self, study_id: str, fingerprint: object) -> None:
        try:
            self._advance(study_id)
            self._seen[study_id] = fingerprint
        except SQLAlchemyError:
            raise  # the caller tries all studies again
        except Problem as problem:
            log.warning("study %s waits for %g s: %s", study_id, RETRY_SECONDS, problem.detail)
            self._retry_at[study_id] = time.monotonic() + RETRY_SECONDS
        except Exception:
            log.exception("study %s could not be advanced; it waits for %g s", study_id, RETRY_SECONDS)
            self._retry_at[study_id] = time.monotonic() + RETRY_SECONDS

    def _advance(self, study_id: str) -> None:
        view = self._view(study_id)
        self._prune(view)
        while self._queue_next(view):
            view = self._view(study_id)
        self._update_importance(view)
        if view.is_over:
            self._settle(view)

    def _view(self, study_id: str) -> View:
        with self._database.read() as session:
            study = get_study(session, study_id)
            trials = trials_of(session, [study])[study_id]
            slots = number_of_slots(session, self._settings.lease_seconds)
        return View(study, request_of(study), RunSpec.model_validate(study.spec), trials, slots)

    def _queue_next(self, view: View) -> bool:
        """Queues the next trial of a search if a slot would idle without it. Returns whether it did."""
        if view.to_come == 0 or view.open > view.slots:
            return False
        number = view.study.trials
        with self._database.read() as session:
            candidate = Candidates(session, view.base).candidate(self._proposal(view, number))
        if any(tuple(error.loc[-2:]) == ("dataset", "name") for error in candidate.errors):
            raise Conflict(candidate.errors[0].msg)  # no fault of the values: the next trial would fail, too
        made = new_trials(self._database, self._settings.data_dir, number, [candidate])
        with made as [new], self._database.write() as session:
            study = _take_number(session, view.study.id, number)
            if study is None:
                return True  # another driver was faster, or the study was stopped
            lock_datasets(session, [new])
            events = queue_trials(session, study, [new])
        self._redis_stream.publish(events)
        self._wakeups.train(new.run_id)
        return True

    def _proposal(self, view: View, number: int) -> Trial:
        if not isinstance(view.request, Tpe) or number < view.request.startup:
            return view.request.trial(view.base, number)
        values = self._optuna(view, view.request).propose(view.request, number)
        return Trial(values, values)

    def _prune(self, view: View) -> None:
        if not isinstance(view.request, Search) or view.request.pruner == "none":
            return
        optuna_study = None
        for trial in view.trials:
            # After a restart: the rungs of halving are judged again, by the median only the last epoch.
            judged = self._judged.get(trial.run, 0 if view.request.pruner == "halving" else trial.epoch - 1)
            if trial.state != "running" or trial.epoch <= judged or trial.epoch >= trial.epochs:
                continue
            optuna_study = optuna_study or self._optuna(view, view.request)
            if any(optuna_study.prunes(view.request, trial, epoch) for epoch in range(judged + 1, trial.epoch + 1)):
                self._end_pruned(trial.run)
            self._judged[trial.run] = trial.epoch

    def _end_pruned(self, run_id: str) -> None:
        with self._database.write() as session:
            events = prune(session, run_id)
        self._redis_stream.publish(events)

    def _optuna(self, view: View, request: Search | Grid) -> "OptunaStudy":
        from backend.studies.optuna_study import OptunaStudy

        has_pruner = isinstance(request, Search) and request.pruner != "none"
        with self._database.read() as session:
            return OptunaStudy(
                request.space,
                request.whole_paths(view.base) if isinstance(request, Search) else set(),
                minimize=is_minimized(view.study.objective),
                trials=view.trials,
                intermediate=_objectives(session, view) if has_pruner else {},
            )

    def _update_importance(self, view: View) -> None:
        """Computes the importance again if enough trials have finished since."""
        more = view.finished - view.study.importance_of
        is_due = more > 0 and (view.is_over or more > RECOMPUTE_SHARE * view.study.importance_of)
        if view.finished < MIN_FINISHED or not is_due or not isinstance(view.request, Search | Grid):
            return
        importance = self._optuna(view, view.request).importance()
        with self._database.write() as session:
            session.execute(
                update(Study)
                .where(Study.id == view.study.id)
                .values(importance=importance, importance_of=view.finished)
            )

    def _settle(self, view: View) -> None:
        """Notes that nothing is left to do, unless the study was extended since it was read.

        A search that was stopped may be extended to as many runs as before: then only `stopped_at` differs.
        """
        seen = [
            column.is_not_distinct_from(getattr(view.study, column.key))
            for column in (Study.id, Study.runs, Study.trials, Study.stopped_at)
        ]
        with self._database.write() as session:
            session.execute(update(Study).where(*seen).values(settled_at=clock()))
        for trial in view.trials:
            self._judged.pop(trial.run, None)


def _fingerprint(session: Session, study_id: str) -> object:
    """Returns what a study's next step depends on, by one look at its runs."""
    study = select(Study.trials, Study.runs, Study.stopped_at).where(Study.id == study_id)
    runs = select(Run.status, func.count(), func.sum(Run.epoch)).where(Run.study == study_id).group_by(Run.status)
    return [*session.execute(study)], sorted(session.execute(runs))


def _take_number(session: Session, study_id: str, number: int) -> Study | None:
    """Counts trial `number` in its study. None: it was counted before, or the study was stopped."""
    return session.execute(
        update(Study)
        .where(Study.id == study_id, Study.trials == number, Study.runs > number, Study.stopped_at.is_(None))
        .values(trials=number + 1)
        .returning(Study)
    ).scalar_one_or_none()


def _objectives(session: Session, view: View) -> Mapping[int, Mapping[int, float]]:
    """Returns the objective after each epoch of each trial; NaN where it is not a number."""
    metric = view.study.objective.partition(".")[2]
    rows = session.execute(
        select(Run.trial, Epoch.epoch, Epoch.metrics[metric].as_float())
        .join(Epoch, Epoch.run_id == Run.id)
        .where(Run.study == view.study.id)
        .order_by(Run.trial, Epoch.epoch)
    )
    objectives: dict[int, dict[int, float]] = {}
    for trial, epoch, value in rows:
        objectives.setdefault(trial, {})[epoch] = float("nan") if value is None else value
    return objectives
