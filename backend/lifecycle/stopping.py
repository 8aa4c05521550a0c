"""Stops a run on request: `finish` after the current epoch, `kill` at once. Saved epochs are kept either way."""

from typing import Literal

from sqlalchemy.orm import Session

from backend.db.models import ENDED, Run
from backend.errors import Conflict
from backend.lifecycle.ending import end
from backend.requests import RequestBody
from backend.runs.event_log import RunEvent, record_log, record_status
from backend.runs.read import get_run

Mode = Literal["finish", "kill"]


class StopRequest(RequestBody):
    """`finish` ends the run after the current epoch and evaluates it; `kill` ends it at once."""

    mode: Mode


def stop(session: Session, run_id: str, mode: Mode) -> tuple[Run, list[RunEvent]]:
    """Requests the end of a run, or ends it. A repeated request changes nothing.

    A queued run is ended here. So is a killed one: from this commit on its trainer is fenced, and its supervisor ends
    the process within two seconds.

    Raises:
        Conflict: The run has already ended.
    """
    run = get_run(session, run_id, lock=True)
    if run.status in ENDED:
        raise Conflict(f"Run {run.name!r} has already ended: it is {run.status}. There is nothing to stop.")
    if mode == "finish" and run.status != "queued":
        return run, _finish(session, run)
    return run, _end(session, run, mode)


def prune(session: Session, run_id: str) -> list[RunEvent]:
    """Ends a run whose study expects no good result of it, as `kill` does.

    A run that has ended, or has trained its last epoch since its study looked, is left as it is.
    """
    run = get_run(session, run_id, lock=True)
    if run.status in ENDED or run.epoch == run.epochs:
        return []
    run.ended_by, run.pruned_epoch = "pruned", run.epoch
    text = f"Pruned by its study after epoch {run.epoch}; results up to epoch {run.epoch} are kept"
    return [record_log(session, run, text), end(session, run, "stopped")]


def _finish(session: Session, run: Run) -> list[RunEvent]:
    if run.stop is not None:
        return []
    run.stop = "finish"
    is_complete = run.epoch == run.epochs or (run.status == "preparing" and run.epoch > 0)
    last = run.epoch if is_complete else run.epoch + 1
    if run.status == "running":
        run.status = "stopping"
    return [record_log(session, run, f"Finish requested: the run ends after epoch {last}"), record_status(session, run)]


def _end(session: Session, run: Run, mode: Mode) -> list[RunEvent]:
    how = "Removed from the queue" if run.status == "queued" else "Killed"
    kept = f"results up to epoch {run.epoch} are kept" if run.epoch else "no epoch was complete"
    run.stop, run.ended_by = mode, mode
    return [record_log(session, run, f"{how}; {kept}"), end(session, run, "stopped")]
