"""A person lets an ended run go on after its last saved epoch, perhaps to more epochs than were asked for."""

from sqlalchemy.orm import Session

from backend.datasets.registry import dataset_read, why_unusable
from backend.db.clock import database_time
from backend.db.models import ACTIVE, Dataset, Run
from backend.errors import Conflict, FieldError, Invalid
from backend.requests import RequestBody
from backend.runs.event_log import RunEvent, record_log, record_status
from backend.runs.read import get_run
from backend.spec import RunSpec
from backend.spec.run import Epochs
from backend.spec.schedules import learning_rates


class ResumeRequest(RequestBody):
    """`epochs`: how many it shall have in the end; null: as many as it was asked for."""

    epochs: Epochs | None = None


def resume(session: Session, run_id: str, asked: ResumeRequest) -> tuple[Run, list[RunEvent]]:
    """Put an ended run into the queue again.

    Raises:
        Conflict: it has not ended, there is nothing left to train, or its dataset is another one now.
        Invalid: `epochs` is too few, or its first epochs would have been others with so many.
    """
    run = get_run(session, run_id, lock=True)
    _refuse_active(run)
    epochs = asked.epochs or run.epochs
    _refuse_epochs(run, epochs)
    _refuse_end(run, epochs)
    _refuse_dataset(session, run)
    return run, _queue(session, run, epochs)


def _refuse_active(run: Run) -> None:
    if run.status in ACTIVE:
        raise Conflict(f"Run {run.name!r} is {run.status}; it can be resumed once it has ended.")


def _refuse_epochs(run: Run, epochs: int) -> None:
    if epochs < run.epochs:
        _refuse("epochs", f"a run can be lengthened only: it was asked for {run.epochs} epochs, you gave {epochs}")
    spec = RunSpec.model_validate(run.spec)
    if _rates(spec, run.epochs)[: run.epoch] != _rates(spec, epochs)[: run.epoch]:
        schedule = run.spec["optimizer"]["schedule"]["name"]
        _refuse(
            "epochs",
            f"the {schedule} schedule spreads its learning rates over all epochs, so the first {run.epoch} of {epochs} "
            f"would have been others than these of {run.epochs}; clone the run with {epochs} epochs instead",
        )


def _rates(spec: RunSpec, epochs: int) -> list[float]:
    return learning_rates(spec.optimizer.learning_rate, spec.optimizer.schedule, epochs)


def _refuse_end(run: Run, epochs: int) -> None:
    """Refuse a run that would end where it has ended."""
    if run.ended_by == "early_stopping":
        raise Conflict(
            f"Early stopping ended run {run.name!r} after epoch {run.epoch}, and would do so again with more epochs; "
            "clone it with a greater patience instead."
        )
    if run.status == "finished" and epochs == run.epochs:
        raise Conflict(f"Run {run.name!r} has trained all its {run.epochs} epochs; give more of them in `epochs`.")
    if run.metrics is not None and run.metrics["loss"] is None and run.spec["callbacks"]["terminate_on_nan"]:
        raise Conflict(
            f"The loss of run {run.name!r} was no number after epoch {run.epoch}, and would be none again; "
            "clone it with a smaller learning rate instead."
        )


def _refuse_dataset(session: Session, run: Run) -> None:
    """Refuse to go on with other images than the first epochs had. A built-in dataset that is missing is fetched."""
    row = session.get(Dataset, run.dataset, with_for_update={"read": True})
    was = f"its content hash was {run.dataset_hash}"
    if reason := why_unusable(session, dataset_read(run.dataset, row)):
        raise Conflict(f"Run {run.name!r} can't go on without its images: {reason}; {was}.")
    now = row.manifest["content_hash"] if row is not None and row.manifest is not None else None
    if run.epoch and now is not None and run.dataset_hash not in (None, now):
        raise Conflict(
            f"Dataset {run.dataset!r} is another one than run {run.name!r} was trained on: its content hash is {now}; "
            f"{was}. Clone the run to train on what is there now."
        )


def _queue(session: Session, run: Run, epochs: int) -> list[RunEvent]:
    run.spec = {**run.spec, "epochs": epochs}
    run.epochs = epochs
    run.status, run.ended_by, run.stop, run.error, run.finished_at = "queued", None, None, None, None
    run.claims = 0
    run.queued_at = run.woken_at = database_time(session)
    where = f"after epoch {run.epoch}" if run.epoch else "from the start"
    return [record_log(session, run, f"Resumed: it goes on {where}, up to epoch {epochs}"), record_status(session, run)]


def _refuse(field: str, message: str) -> None:
    raise Invalid(f"{message[0].upper()}{message[1:]}.", [FieldError([field], message)])
