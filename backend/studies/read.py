"""Converts studies and their trials to the JSON of the REST API."""

import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from statistics import fmean, stdev
from typing import Any, get_args

from sqlalchemy.orm import Session

from backend.db.clock import to_datetime
from backend.db.models import Study
from backend.errors import NotFound
from backend.runs.newest_first import newest_first
from backend.runs.schemas import priority_name
from backend.spec import RunSpec
from backend.studies import findings
from backend.studies.kinds import STUDY_REQUEST, Ladder, LearningCurve, StudyRequest
from backend.studies.schemas import BestTrial, PointSummary, RunCounts, StudyDetail, StudyRead, StudyStatus
from backend.studies.trials import OPEN, TrialRow, TrialState, best_of, is_minimized, trials_of
from backend.workers import number_of_slots


def get_study(session: Session, study_id: str, *, lock: bool = False) -> Study:
    """Returns a study; `lock=True` locks its row for the transaction.

    Raises:
        NotFound: There is no such study.
    """
    study = session.get(Study, study_id, with_for_update=lock or None)
    if study is None:
        raise NotFound(f"There is no study {study_id!r}; it may have been deleted.")
    return study


def page(session: Session, limit: int, cursor: str | None) -> tuple[list[Study], str | None, int]:
    """Returns a page of studies, the newest first, the cursor of the next page or None, and the number of all."""
    return newest_first(session, Study, [], "studies", limit, cursor)


def request_of(study: Study) -> StudyRequest:
    """Returns the request that a study was made from, with its prepared spec."""
    return STUDY_REQUEST.validate_python({**study.request, "kind": study.kind, "spec": study.spec})


def read_studies(session: Session, studies: Sequence[Study], limit: int) -> list[StudyRead]:
    trials = trials_of(session, studies)
    return [StudyRead.model_validate(_fields(study, trials[study.id], limit)) for study in studies]


def read_study(session: Session, study: Study, limit: int, lease_seconds: float) -> StudyDetail:
    """Returns a study with what its kind shows; `lease_seconds` tells which workers are alive."""
    trials = trials_of(session, [study])[study.id]
    slots = number_of_slots(session, lease_seconds)
    request, base = request_of(study), RunSpec.model_validate(study.spec)
    return StudyDetail.model_validate(
        {
            **_fields(study, trials, limit),
            "spec": study.spec,
            "request": study.request,
            "space": study.request.get("space"),
            "seeds": study.request.get("seeds"),
            "extension_step": request.extension_step(base),
            "eta_seconds": eta_seconds(study, trials, slots),
            **_findings(session, study, request, base, trials),
        }
    )


def _findings(
    session: Session, study: Study, request: StudyRequest, base: RunSpec, trials: Sequence[TrialRow]
) -> dict[str, Any]:
    """Returns what only this kind of study shows."""
    if isinstance(request, Ladder):
        return {"ladder": findings.ladder(request, base, trials)}
    if isinstance(request, LearningCurve):
        is_share = not is_minimized(study.objective)
        return {"learning_curve": findings.learning_curve(trials, is_share=is_share)}
    return {"paired": findings.paired(session, study, trials)} if study.kind == "repeat" else {}


def eta_seconds(study: Study, trials: Sequence[TrialRow], slots: int) -> float | None:
    """Returns the seconds until all trials have ended, by the mean time of those that have; None until one has."""
    times = [trial.seconds for trial in trials if trial.state in ("finished", "pruned") and trial.seconds is not None]
    left = sum(trial.state in OPEN for trial in trials) + to_come(study)
    return fmean(times) * left / slots if times and left else None


def _fields(study: Study, trials: Sequence[TrialRow], limit: int) -> dict[str, Any]:
    status = status_of(study, trials)
    ends = [trial.finished_at for trial in trials if trial.finished_at is not None]
    ended_at = study.stopped_at if status == "stopped" else max(ends, default=None) if status == "finished" else None
    return {
        **{name: getattr(study, name) for name in ("id", "name", "kind", "objective", "recipe", "notes")},
        "priority": priority_name(study.priority),
        "status": status,
        "created_at": to_datetime(study.created_at),
        "finished_at": to_datetime(ended_at) if ended_at is not None else None,
        "limit": limit,
        "runs": _counts(study, trials),
        "best": _best(study, trials),
        "summary": summary(trials),
        "importance": study.importance,
    }


def status_of(study: Study, trials: Sequence[TrialRow]) -> StudyStatus:
    """Returns the status, which follows from the trials: a study is finished when none is left to train."""
    if study.stopped_at is not None:
        return "stopped"
    is_running = study.trials < study.runs or any(trial.state in OPEN for trial in trials)
    return "running" if is_running else "finished"


def _counts(study: Study, trials: Sequence[TrialRow]) -> RunCounts:
    counts = Counter(trial.state for trial in trials)
    by_state = {state: counts[state] for state in get_args(TrialState)}
    return RunCounts(total=len(trials) + to_come(study), to_come=to_come(study), **by_state)


def to_come(study: Study) -> int:
    """Returns how many trials are not queued yet."""
    return study.runs - study.trials if study.stopped_at is None else 0


def _best(study: Study, trials: Sequence[TrialRow]) -> BestTrial | None:
    best = best_of(study.objective, trials)
    if best is None:
        return None
    return BestTrial(
        run=best.run,
        name=best.name,
        trial=best.number,
        value=best.value or 0.0,
        epoch=best.best_epoch or 0,
        values=best.values,
    )


def summary(trials: Sequence[TrialRow]) -> list[PointSummary]:
    """Returns mean and deviation of the finished trials of each point, in the order of their first trials."""
    groups: dict[str, list[TrialRow]] = defaultdict(list)
    for trial in trials:
        if trial.state == "finished":
            groups[json.dumps(trial.point, sort_keys=True)].append(trial)
    return [_summary(group) for group in groups.values()]


def _summary(group: Sequence[TrialRow]) -> PointSummary:
    values = [trial.value for trial in group if trial.value is not None]
    deviation = stdev(values) if len(values) > 1 else None
    return PointSummary(values=group[0].point, mean=fmean(values), deviation=deviation, n=len(values))
