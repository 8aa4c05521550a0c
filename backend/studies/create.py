"""Creates a study and queues its trials: all at once, or the first ones of a study that chooses as it goes."""

import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from backend.datasets.registry import dataset_read
from backend.db.clock import database_time
from backend.db.engine import Database
from backend.db.models import PRIORITIES, Artifact, Dataset, Run, Study
from backend.errors import FieldError, Invalid
from backend.files import remove_folder
from backend.phrases import sentence
from backend.planning import initial_weights
from backend.planning.check import require_trainable, training_errors
from backend.runs.create import insert, new_row
from backend.runs.event_log import RunEvent, record_status
from backend.runs.schemas import RunCreate, priority_name
from backend.spec import RunSpec, model_name
from backend.spec.recipes import recipe_spec
from backend.studies.changes import at_its_path, changed_spec
from backend.studies.kinds import StudyRequest, Trial
from backend.workers import number_of_slots

KEPT = {"kind", "name", "recipe", "spec", "notes", "priority", "objective"}  # in columns, not in `request`


@dataclass(frozen=True)
class NewTrial:
    """A trial that is ready to be queued: its spec is valid, and the file of its initial weights is complete."""

    number: int
    values: dict[str, Any]
    spec: RunSpec
    run_id: str
    weights: Artifact | None


@dataclass(frozen=True)
class Plan:
    """What a request asks for: the prepared base spec, the number of runs, and the trials that are queued at once."""

    request: StudyRequest
    base: RunSpec
    runs: int
    first: list[tuple[Trial, RunSpec]]


def create_study(
    database: Database, data_dir: Path, request: StudyRequest, max_runs: int, lease_seconds: float
) -> tuple[str, list[RunEvent]]:
    """Creates a study and queues its first trials in one transaction. Returns its id and the events.

    Raises:
        Invalid: A spec of the study can't be trained, or there are more runs than are allowed.
    """
    with database.read() as session:
        plan = plan_study(session, request, max_runs, number_of_slots(session, lease_seconds))
    with new_trials(database, data_dir, 0, plan.first) as trials, database.write() as session:
        for spec in {spec.dataset.name: spec for _, spec in plan.first}.values():
            require_trainable(session, spec)  # again, to lock its dataset
        study = _row(session, plan)
        session.add(study)
        session.flush()
        return study.id, [event for trial in trials for event in queue_trial(session, study, trial)]


def plan_study(session: Session, request: StudyRequest, max_runs: int, slots: int) -> Plan:
    """Returns the trials that a request asks for, with valid specs.

    Raises:
        Invalid: as `create_study`.
    """
    spec = request.spec or recipe_spec(request.recipe or "")
    base = request.prepare(spec, dataset_read(spec.dataset.name, session.get(Dataset, spec.dataset.name)))
    runs = request.runs_of(base)
    if runs > max_runs:
        raise too_many(runs, max_runs, ["runs"] if request.is_adaptive else [])
    count = min(runs, slots + 1) if request.is_adaptive else runs
    first = [trial_with_spec(request, base, number) for number in range(count)]
    _refuse_untrainable(session, first)
    return Plan(request, base, runs, first)


def too_many(runs: int, max_runs: int, loc: Sequence[str]) -> Invalid:
    message = (
        f"the study would have {runs:,} runs; at most {max_runs:,} are allowed, which the setting "
        "EPOCHBOARD_STUDY_RUNS can raise; use fewer values or seeds, or a random or TPE search"
    )
    return Invalid(sentence(message), [FieldError(loc, message)])


def trial_with_spec(request: StudyRequest, base: RunSpec, number: int) -> tuple[Trial, RunSpec]:
    trial = request.trial(base, number)
    return trial, changed_spec(base, trial.changes)


def _refuse_untrainable(session: Session, trials: Iterable[tuple[Trial, RunSpec]]) -> None:
    """Checks each network once: trials that differ only in how they train have the same one."""
    checked = set()
    for trial, spec in trials:
        key = spec.model_dump_json(include={"dataset", "model", "init", "class_weights"})
        if key in checked:
            continue
        checked.add(key)
        if errors := training_errors(session, spec):
            placed = [at_its_path(error, spec.as_json(), trial.changes) for error in errors]
            raise Invalid(sentence(placed[0].msg), placed)


@contextmanager
def new_trials(
    database: Database, data_dir: Path, first: int, trials: Sequence[tuple[Trial, RunSpec]]
) -> Iterator[list[NewTrial]]:
    """Yields the trials from number `first` on with files that are complete, and removes the files after an error."""
    made: list[NewTrial] = []
    try:
        for number, (trial, spec) in enumerate(trials, start=first):
            run_id = secrets.token_hex(8)
            weights = initial_weights.link_weights(database, data_dir, spec.init.run, run_id) if spec.init else None
            made.append(NewTrial(number, trial.values, spec, run_id, weights))
        yield made
    except BaseException:
        for trial_made in made:
            if trial_made.weights:
                remove_folder(data_dir, "runs", trial_made.run_id)
        raise


def queue_trial(session: Session, study: Study, trial: NewTrial) -> list[RunEvent]:
    """Queues the run of a trial. The caller has counted it in `study.trials`."""
    request = RunCreate(name=_run_name(study, trial.number), priority=priority_name(study.priority))
    run: Run = new_row(session, trial.run_id, request, trial.spec)
    run.study, run.trial, run.study_values, run.yields = study.id, trial.number, trial.values, True
    run.recipe = study.recipe
    insert(session, run)
    initial_weights.attach(session, run, trial.weights)
    return [record_status(session, run)]


def _run_name(study: Study, number: int) -> str:
    return f"{study.name[:100]} #{number}"


def _row(session: Session, plan: Plan) -> Study:
    request = plan.request
    subject = request.recipe or f"{plan.base.dataset.name} {model_name(plan.base.model)}"
    return Study(
        id=secrets.token_hex(8),
        name=request.name or f"{request.title}: {subject}",
        kind=request.kind,
        objective=request.objective,
        request=request.model_dump(mode="json", exclude=KEPT),
        spec=plan.base.as_json(),
        recipe=request.recipe,
        notes=request.notes,
        priority=PRIORITIES[request.priority],
        runs=plan.runs,
        trials=len(plan.first),
        created_at=database_time(session),
    )
