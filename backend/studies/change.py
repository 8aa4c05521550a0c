"""Stops, extends and deletes a study. Each locks its row, so that requests at the same moment follow each other."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from backend.db.clock import database_time
from backend.db.engine import Database
from backend.db.models import ACTIVE, ENDED, Run, Study
from backend.errors import Conflict, FieldError, Invalid
from backend.files import remove_folder
from backend.lifecycle import stopping
from backend.lifecycle.batches import in_batches
from backend.live.redis_stream import RedisStream
from backend.phrases import counted, sentence
from backend.runs.event_log import RunEvent
from backend.spec import RunSpec
from backend.studies.create import Candidates, lock_datasets, new_trials, queue_trials, too_many
from backend.studies.read import get_study, request_of
from backend.studies.schemas import StopMode

MAX_ATTEMPTS = 5  # of an extension whose study is extended by others at the same time


def stop_study(database: Database, redis_stream: RedisStream, study_id: str, mode: StopMode) -> None:
    """Ends the queued runs of a study, and those in training by `mode`. No more are queued.

    A request that breaks off in between leaves a stopped study, and may be repeated.

    Raises:
        Conflict: All of its runs have ended, and none is to come.
        Unavailable: As `in_batches`.
    """
    with database.write() as session:
        run_ids = _mark_stopped(session, get_study(session, study_id, lock=True))

    def stop(batch: Sequence[str]) -> None:
        with database.write() as session:
            events = [event for run_id in batch for event in _stop_run(session, run_id, mode)]
        redis_stream.publish(events)

    in_batches(run_ids, stop)


def _mark_stopped(session: Session, study: Study) -> Sequence[str]:
    """Returns the ids of the active runs of a study that is stopped now, in the order in which a bulk change locks."""
    active = select(Run.id).where(Run.study == study.id, Run.status.in_(ACTIVE)).order_by(Run.id)
    run_ids = session.scalars(active).all()
    if not run_ids and (study.stopped_at is not None or study.trials == study.runs):
        raise Conflict(f"Study {study.name!r} has already ended. There is nothing to stop; it can be extended.")
    if study.stopped_at is None:
        study.stopped_at = database_time(session)
    return run_ids


def _stop_run(session: Session, run_id: str, mode: StopMode) -> list[RunEvent]:
    """Stops a run, unless it has ended or was deleted since, or trains and is waited for."""
    run = session.get(Run, run_id, with_for_update=True)
    if run is None or run.status in ENDED or (mode == "wait" and run.status != "queued"):
        return []
    return stopping.stop(session, run_id, "finish" if mode == "wait" else mode)[1]


def extend_study(database: Database, data_dir: Path, study_id: str, runs: int, max_runs: int) -> list[RunEvent]:
    """Adds runs to a study, also to one that is finished or was stopped.

    Raises:
        Invalid: There would be too many, or the points of the study would not have the same number of seeds.
        Conflict: It was extended by others again and again.
    """
    for _ in range(MAX_ATTEMPTS):
        with suppress(_Changed):
            return _try_to_extend(database, data_dir, study_id, runs, max_runs)
    raise Conflict(f"The study {study_id!r} is being extended by other requests; try again in a few seconds.")


class _Changed(Exception):
    """The study was extended after the new trials were prepared."""


def _try_to_extend(database: Database, data_dir: Path, study_id: str, runs: int, max_runs: int) -> list[RunEvent]:
    with database.read() as session:
        study = get_study(session, study_id)
        first = study.trials
        _planned(study, runs, max_runs)  # before the trials are made
    request, base = request_of(study), RunSpec.model_validate(study.spec)
    _refuse_uneven(runs, request.extension_step(base))
    count = 0 if request.is_adaptive else runs  # the driver queues those of a search
    with database.read() as session:
        candidates = Candidates(session, base)
        trials = [candidates.candidate(request.trial(base, number)) for number in range(first, first + count)]
    with new_trials(database, data_dir, first, trials) as made, database.write() as session:
        study = get_study(session, study_id, lock=True)
        if count and study.trials != first:
            raise _Changed
        planned = _planned(study, runs, max_runs)
        lock_datasets(session, made)
        study.runs, study.trials = planned, study.trials + count
        study.stopped_at = study.settled_at = None
        return queue_trials(session, study, made)


def _planned(study: Study, runs: int, max_runs: int) -> int:
    """Returns how many runs the study would have with `runs` more. Raises Invalid if those are too many."""
    planned = (study.runs if study.stopped_at is None else study.trials) + runs
    if planned > max_runs:
        raise too_many(planned, max_runs, ["runs"])
    return planned


def _refuse_uneven(runs: int, step: int) -> None:
    if runs % step == 0:
        return
    points = counted(step, "point")
    message = f"must be a multiple of {step}, since each seed trains {points} of this study; you gave {runs}"
    raise Invalid(sentence(message), [FieldError(["runs"], message)])


def delete_study(database: Database, data_dir: Path, study_id: str) -> list[str]:
    """Deletes a study with its runs, and then their files. Returns the ids of the runs.

    Raises:
        Conflict: A run of it is active, or more are to come.
    """
    with database.write() as session:
        study = get_study(session, study_id, lock=True)
        runs = session.execute(select(Run.id, Run.status).where(Run.study == study.id)).all()
        is_active = any(status in ACTIVE for _, status in runs)
        if is_active or (study.stopped_at is None and study.trials < study.runs):
            raise Conflict(f"Study {study.name!r} is running; it can be deleted once it is stopped and its runs ended.")
        session.execute(delete(Run).where(Run.study == study.id))
        session.delete(study)
    for run_id, _ in runs:
        remove_folder(data_dir, "runs", run_id)
    return [run_id for run_id, _ in runs]
