"""Resumes an ended run after its last saved epoch, optionally with more epochs."""

from sqlalchemy.orm import Session

from backend.datasets.registry import dataset_read, why_unusable
from backend.db.clock import database_time
from backend.db.models import ACTIVE, Dataset, Run
from backend.errors import Conflict, FieldError, Invalid
from backend.requests import RequestBody
from backend.runs.event_log import RunEvent, record_log, record_status
from backend.runs.read import get_run
from backend.spec import BackbonePart, Epochs, RunSpec


class ResumeRequest(RequestBody):
    """`epochs` is the new total number of epochs; null keeps the run's own."""

    epochs: Epochs | None = None


def resume(session: Session, run_id: str, request: ResumeRequest) -> tuple[Run, list[RunEvent]]:
    """Queues an ended run again.

    Raises:
        Conflict: The run has not ended, has nothing left to train, or its dataset has changed.
        Invalid: `epochs` is less than before, or would change the learning rates of the epochs already trained.
    """
    run = get_run(session, run_id, lock=True)
    _refuse_active(run)
    epochs = request.epochs or run.epochs
    _refuse_epochs(run, epochs)
    _refuse_end(run, epochs)
    _refuse_dataset(session, run)
    return run, _queue(session, run, epochs)


def _refuse_active(run: Run) -> None:
    if run.status in ACTIVE:
        raise Conflict(f"Run {run.name!r} is {run.status}; it can be resumed once it has ended.")


def _refuse_epochs(run: Run, epochs: int) -> None:
    if epochs < run.epochs:
        _refuse("epochs", f"must be at least {run.epochs}, the number of epochs that the run has; you gave {epochs}")
    spec = _with_own_phases(run)
    rate = spec.learning_rate_of
    if any(rate(epoch, run.epochs) != rate(epoch, epochs) for epoch in range(1, run.epoch + 1)):
        schedule = run.spec["optimizer"]["schedule"]["name"]
        _refuse(
            "epochs",
            f"the {schedule} schedule spreads its learning rates over all epochs, so the first {run.epoch} of {epochs} "
            f"would have had other rates than with {run.epochs} epochs; clone the run with {epochs} epochs instead",
        )


def _with_own_phases(run: Run) -> RunSpec:
    """Returns the spec of a run, in which more epochs do not lengthen the phase that trains a backbone's head."""
    spec = RunSpec.model_validate(run.spec)
    head_epochs = spec.head_epochs(run.epochs)
    if isinstance(spec.model, BackbonePart) and 0 < head_epochs < run.epochs:
        options = spec.model.options.model_copy(update={"head_epochs": head_epochs})
        return spec.model_copy(update={"model": spec.model.model_copy(update={"options": options})})
    return spec


def _refuse_end(run: Run, epochs: int) -> None:
    """Raises Conflict if the run would end again where it has ended."""
    if run.ended_by == "early_stopping":
        raise Conflict(
            f"Early stopping ended run {run.name!r} after epoch {run.epoch} and would end it there again; "
            "clone the run with a greater patience instead."
        )
    if run.status == "finished" and epochs == run.epochs:
        raise Conflict(f"Run {run.name!r} has trained all of its {run.epochs} epochs; set `epochs` to a larger number.")
    if run.metrics is not None and run.metrics["loss"] is None and run.spec["callbacks"]["terminate_on_nan"]:
        raise Conflict(
            f"The loss of run {run.name!r} was NaN after epoch {run.epoch} and would be NaN again; "
            "clone the run with a smaller learning rate instead."
        )


def _refuse_dataset(session: Session, run: Run) -> None:
    """Raises Conflict if the images changed or are gone. A missing built-in dataset is fetched when the run starts."""
    row = session.get(Dataset, run.dataset, with_for_update={"read": True})
    trained_on = f"its content hash was {run.dataset_hash}"
    if reason := why_unusable(session, dataset_read(run.dataset, row)):
        raise Conflict(f"Run {run.name!r} can't be resumed without its images: {reason}; {trained_on}.")
    current = row.manifest["content_hash"] if row is not None and row.manifest is not None else None
    if run.epoch and current is not None and run.dataset_hash not in (None, current):
        raise Conflict(
            f"Dataset {run.dataset!r} has changed since run {run.name!r} was trained: its content hash is {current}; "
            f"{trained_on}. Clone the run to train on the current images."
        )


def _queue(session: Session, run: Run, epochs: int) -> list[RunEvent]:
    if epochs > run.epochs:
        run.spec = {**run.spec, "model": _with_own_phases(run).as_json()["model"], "epochs": epochs}
    run.epochs = epochs
    run.status, run.ended_by, run.stop, run.error, run.finished_at = "queued", None, None, None, None
    run.claims = run.stalls = 0
    run.yields = False  # a person waits for it now, also where a study launched it
    run.queued_at = database_time(session)
    start = f"after epoch {run.epoch}" if run.epoch else "from the beginning"
    return [record_log(session, run, f"Resumed {start}, up to epoch {epochs}"), record_status(session, run)]


def _refuse(field: str, message: str) -> None:
    raise Invalid(f"{message[0].upper()}{message[1:]}.", [FieldError([field], message)])
