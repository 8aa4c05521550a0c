"""Creates a study and queues its trials: all at once, or the first ones of a study that chooses as it goes."""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from backend.datasets.registry import dataset_read
from backend.datasets.version_names import stored_name
from backend.datasets.versions import resolve, with_dataset
from backend.db.clock import database_time
from backend.db.engine import Database
from backend.db.models import PRIORITIES, Artifact, Dataset, Run, Study
from backend.errors import FieldError, Invalid
from backend.files import remove_folder
from backend.lifecycle.ending import end
from backend.phrases import sentence
from backend.planning import initial_weights
from backend.planning.check import require_trainable, training_errors
from backend.runs.create import insert, new_row
from backend.runs.event_log import RunEvent, record_statuses
from backend.runs.schemas import RunCreate, RunError, priority_name
from backend.spec import RunSpec, model_name
from backend.spec.recipes import recipe_spec
from backend.studies.changes import at_its_path, changed_spec
from backend.studies.kinds import Search, StudyRequest, Tpe, Trial
from backend.workers import number_of_slots

KEPT = {"kind", "name", "recipe", "spec", "notes", "priority", "objective"}  # in columns, not in `request`
QUEUED_APART = 1e-6  # seconds between two trials that are queued at once, so that they are trained in their order


@dataclass(frozen=True)
class NewTrial:
    """A trial that is ready to be queued: the file of its initial weights is complete.

    With `errors` its run fails at once, so that its number is not lost.
    """

    number: int
    values: dict[str, Any]
    spec: RunSpec
    errors: Sequence[FieldError]
    run_id: str
    weights: Artifact | None


@dataclass(frozen=True)
class Candidate:
    """A trial with its spec and why it can't be trained; `spec` is the base where the values make no spec."""

    trial: Trial
    spec: RunSpec
    errors: Sequence[FieldError]


@dataclass(frozen=True)
class Plan:
    """What a request asks for: the prepared base spec, the number of runs, and the trials that are queued at once."""

    request: StudyRequest
    base: RunSpec
    runs: int
    first: list[Candidate]

    def spec(self, number: int) -> RunSpec | None:
        """Returns the spec of a trial, or what it may be in a search; None where its values make no spec."""
        try:
            return changed_spec(self.base, self.request.trial(self.base, number).changes)
        except Invalid:
            return None


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
        lock_datasets(session, trials)
        study = _row(session, plan)
        session.add(study)
        session.flush()
        return study.id, queue_trials(session, study, trials)


def plan_study(session: Session, request: StudyRequest, max_runs: int, slots: int) -> Plan:
    """Returns the trials that a request asks for, with valid specs.

    Raises:
        Invalid: as `create_study`.
    """
    spec = resolve(session, request.spec or recipe_spec(request.recipe or ""))
    base = request.prepare(spec, dataset_read(spec.dataset.name, session.get(Dataset, spec.dataset.name)))
    runs = request.runs_of(base)
    if runs > max_runs:
        raise too_many(runs, max_runs, ["runs"] if request.is_adaptive else [])
    candidates = Candidates(session, base)
    for probe in request.probes(base):
        refuse_errors(candidates.candidate(probe))
    first = [candidates.candidate(request.trial(base, number)) for number in range(_first_runs(request, runs, slots))]
    if not isinstance(request, Search):  # a search may come upon impossible combinations of possible values
        for candidate in first:
            refuse_errors(candidate)
    return Plan(request, base, runs, first)


class Candidates:
    """Checks trials. Those that differ only in how they train have the same network, which is checked once."""

    def __init__(self, session: Session, base: RunSpec) -> None:
        self._session = session
        self._base = base
        self._errors: dict[str, Sequence[FieldError]] = {}

    def candidate(self, trial: Trial) -> Candidate:
        try:
            spec = with_dataset(changed := changed_spec(self._base, trial.changes), stored_name(changed.dataset.name))
        except Invalid as problem:
            return Candidate(trial, self._base, problem.errors)
        key = spec.model_dump_json(include={"dataset", "model", "init", "class_weights"})
        if key not in self._errors:
            self._errors[key] = training_errors(self._session, spec)
        placed = [at_its_path(error, spec.as_json(), trial.changes) for error in self._errors[key]]
        return Candidate(trial, spec, placed)


def refuse_errors(candidate: Candidate) -> None:
    """Raises Invalid if the trial can't be trained."""
    if candidate.errors:
        raise Invalid(sentence(candidate.errors[0].msg), candidate.errors)


def _first_runs(request: StudyRequest, runs: int, slots: int) -> int:
    """Returns how many trials need no result of others. Of a TPE search only so many are queued as keep slots busy."""
    return min(runs, slots + 1, request.startup) if isinstance(request, Tpe) else runs


def too_many(runs: int, max_runs: int, loc: Sequence[str]) -> Invalid:
    message = (
        f"the study would have {runs:,} runs; at most {max_runs:,} are allowed, which the setting "
        "EPOCHBOARD_STUDY_RUNS can raise; use fewer values or seeds, or a random or TPE search"
    )
    return Invalid(sentence(message), [FieldError(loc, message)])


@contextmanager
def new_trials(
    database: Database, data_dir: Path, first: int, candidates: Sequence[Candidate]
) -> Iterator[list[NewTrial]]:
    """Yields the trials from number `first` on with files that are complete, and removes the files after an error."""
    made: list[NewTrial] = []
    run_ids = [secrets.token_hex(8) for _ in candidates]
    try:
        for number, (run_id, candidate) in enumerate(zip(run_ids, candidates, strict=True), start=first):
            spec = candidate.spec
            weights = initial_weights.link_weights(database, data_dir, spec.init.run, run_id) if spec.init else None
            made.append(NewTrial(number, candidate.trial.values, spec, candidate.errors, run_id, weights))
        yield made
    except BaseException:
        for run_id in run_ids:
            remove_folder(data_dir, "runs", run_id)
        raise


def lock_datasets(session: Session, trials: Sequence[NewTrial]) -> None:
    """Keeps the datasets of trials until the transaction ends. Raises Invalid if one has been deleted."""
    possible = {trial.spec.dataset.name: trial.spec for trial in trials if not trial.errors}
    for spec in possible.values():
        require_trainable(session, spec)


def queue_trials(session: Session, study: Study, trials: Sequence[NewTrial]) -> list[RunEvent]:
    """Queues the runs of trials, or fails those that can't be trained. The caller has counted them in `study.trials`.

    All rows are written at once: 500 runs, one by one, would keep other writers of SQLite waiting for seconds.
    """
    now = database_time(session)
    runs = [_run(study, trial, now + place * QUEUED_APART) for place, trial in enumerate(trials)]
    insert(session, runs)
    for run, trial in zip(runs, trials, strict=True):
        initial_weights.attach(session, run, trial.weights)
    queued = record_statuses(session, runs)
    failed = [_fail(session, run, trial.errors[0]) for run, trial in zip(runs, trials, strict=True) if trial.errors]
    return [*queued, *failed]


def _run(study: Study, trial: NewTrial, at: float) -> Run:
    request = RunCreate(name=_run_name(study, trial.number), priority=priority_name(study.priority))
    run = new_row(at, trial.run_id, request, trial.spec)
    run.study, run.trial, run.study_values, run.yields = study.id, trial.number, trial.values, True
    run.recipe = study.recipe
    return run


def _fail(session: Session, run: Run, reason: FieldError) -> RunEvent:
    error = RunError(
        title="The study chose values that can't be trained",
        detail=sentence(reason.msg),
        hint="The study goes on with other values. Narrow its space if this happens often.",
    )
    run.error = error.model_dump()
    return end(session, run, "failed")


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
