"""What is made of a run's best model when somebody wants it, each proved before it can be downloaded.

A job makes it; its message is only a wake-up, and this table says what is wanted and who is at it. Whoever locks a
run and one of its exports locks the run first.
"""

import uuid
from pathlib import PurePosixPath
from typing import Any, Literal

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from backend.artifacts.schemas import ExportRead
from backend.db.clock import clock, database_time
from backend.db.models import Artifact, Export, Run
from backend.errors import Conflict, NotFound
from backend.runs.read import get_run

Kind = Literal["bundle", "savedmodel", "tflite", "onnx"]
NAMES: dict[str, str] = {
    "bundle": "bundle.zip",
    "savedmodel": "savedmodel.zip",
    "tflite": "model.tflite",
    "onnx": "model.onnx",
}
SILENT_SECONDS = 30.0
MOST_TRIES = 3
LOST = "The processes that made it were lost three times, for want of memory most likely."


def all_exports(session: Session, run_id: str) -> list[ExportRead]:
    """How each kind stands, also those that nobody has wanted yet."""
    best = session.get(Artifact, (run_id, "best.keras"))
    return [_read(session, run_id, kind, best) for kind in NAMES]


def want(session: Session, run: Run, kind: Kind) -> Export:
    """Ask for a kind; one that is there, or is being made, of the best model as it is now stays as it is.

    Raises:
        Conflict: the run has no best model yet.
    """
    best = session.get(Artifact, (run.id, "best.keras"))
    if best is None:
        raise Conflict(f"Run {run.name!r} has no best model yet to be exported; wait for its first epoch.")
    row = session.get(Export, (run.id, kind), with_for_update=True)
    if row is not None and _is_current(session, row, best):
        return row
    return _wanted(session, run, kind, best)


def want_bundle(session: Session, run: Run) -> None:
    """At the end of a run that has a best model. One that is there already may be of the same model, but its history
    and its scores are those of then."""
    best = session.get_one(Artifact, (run.id, "best.keras"))
    _wanted(session, run, "bundle", best)


def claim(session: Session) -> Export | None:
    """Take the one that was wanted first, or one whose job has gone silent, to make it of the best model as it is now;
    None where nothing is wanted. The run stays locked: its best model is not replaced before the commit."""
    waits = or_(Export.status == "wanted", _is_silent())
    while first := session.scalar(select(Export).where(waits).order_by(Export.touched_at).limit(1)):
        session.get(Run, first.run_id, with_for_update=True)
        fresh = select(Export).where(waits, _is(first)).with_for_update().execution_options(populate_existing=True)
        row = session.scalar(fresh)
        best = session.get(Artifact, (first.run_id, "best.keras"))
        if row is None:
            continue  # somebody else was faster
        if best is None:
            session.delete(row)
        elif row.tries >= MOST_TRIES:
            row.status, row.reason = "failed", LOST
        else:
            return _take(session, row, best)
    return None


def folders(session: Session, run_id: str) -> set[str]:
    """Names below `exports` in the run's folder that are in use: by a job, or by a file that is offered."""
    making = session.scalars(select(Export.claim).where(Export.run_id == run_id, Export.status == "making"))
    mine = Artifact.run_id == run_id, Artifact.name.in_(NAMES.values())
    offered = [PurePosixPath(path).parts for path in session.scalars(select(Artifact.path).where(*mine))]
    return {*(name for name in making if name), *(parts[3] for parts in offered)}


def touch(session: Session, claimed: Export) -> bool:
    """A sign of life of the job; whether what it makes is still wanted."""
    touched = update(Export).where(_ours(claimed)).values(touched_at=clock()).returning(Export.kind)
    return session.scalar(touched) is not None


def hand_back(session: Session, claimed: Export) -> None:
    """The job has to leave: the next one begins at once."""
    session.execute(update(Export).where(_ours(claimed)).values(status="wanted", claim=None, tries=Export.tries - 1))


def finish(session: Session, claimed: Export, file: Artifact) -> None:
    """Offer a file that was proved.

    Raises:
        NotFound: nobody wants it any more: the run was deleted, or has another best model.
    """
    get_run(session, claimed.run_id, lock=True)
    row = _hold(session, claimed)
    session.merge(file)
    row.status, row.reason = "ready", None


def fail(session: Session, claimed: Export, reason: str) -> None:
    """Raises NotFound where nobody wants it any more."""
    get_run(session, claimed.run_id, lock=True)
    row = _hold(session, claimed)
    row.status, row.reason = "failed", reason


def silent(session: Session) -> list[tuple[str, str]]:
    """Those that no job has touched for a while, each told once a turn: a worker is woken again."""
    waits = or_(Export.status == "wanted", _is_silent()) & (Export.touched_at < clock() - SILENT_SECONDS)
    rows = session.execute(select(Export.run_id, Export.kind).where(waits).order_by(Export.touched_at).limit(20))
    return [(run_id, kind) for run_id, kind in rows]


def why_missing(session: Session, run_id: str, name: str) -> str:
    """A sentence about a file that is not there, empty where nobody makes one of that name."""
    kind = next((kind for kind, known in NAMES.items() if known == name), None)
    if kind is None:
        return ""
    row = session.get(Export, (run_id, kind))
    if row is None:
        return f"Nobody has asked for {name} yet: POST /api/runs/{run_id}/exports/{kind} has it made."
    if row.status == "failed":
        return f"{name} could not be made: {row.reason}"
    if row.status == "ready":
        return f"{name} was of a best model that is forgotten: POST /api/runs/{run_id}/exports/{kind} has it made anew."
    return f"{name} is being made and proved; look again in some seconds."


def _read(session: Session, run_id: str, kind: str, best: Artifact | None) -> ExportRead:
    row, file = session.get(Export, (run_id, kind)), session.get(Artifact, (run_id, NAMES[kind]))
    shown: dict[str, Any] = {"kind": kind, "name": NAMES[kind], "status": row.status if row else "none"}
    if row is not None:
        shown |= {"reason": row.reason, "is_current": best is not None and row.of_sha256 == best.sha256}
    if file is not None:
        shown |= {"bytes": file.bytes, "sha256": file.sha256, "epoch": file.epoch}
    return ExportRead.model_validate(shown)


def _is_current(session: Session, row: Export, best: Artifact) -> bool:
    if row.of_sha256 != best.sha256 or row.status == "failed":
        return False
    return row.status != "ready" or session.get(Artifact, (row.run_id, NAMES[row.kind])) is not None


def _is_silent() -> ColumnElement[bool]:
    return (Export.status == "making") & (Export.touched_at < clock() - SILENT_SECONDS)


def _ours(claimed: Export) -> ColumnElement[bool]:
    return _is(claimed) & (Export.status == "making") & (Export.claim == claimed.claim)


def _is(row: Export) -> ColumnElement[bool]:
    return (Export.run_id == row.run_id) & (Export.kind == row.kind)


def _take(session: Session, row: Export, best: Artifact) -> Export:
    row.status, row.touched_at, row.tries = "making", database_time(session), row.tries + 1
    row.of_sha256, row.claim = best.sha256, uuid.uuid4().hex
    return row


def _wanted(session: Session, run: Run, kind: Kind, best: Artifact) -> Export:
    wanted = {"status": "wanted", "reason": None, "of_sha256": best.sha256, "touched_at": database_time(session)}
    return session.merge(Export(run_id=run.id, kind=kind, claim=None, tries=0, **wanted))


def _hold(session: Session, claimed: Export) -> Export:
    row = session.scalar(select(Export).where(_ours(claimed)).with_for_update())
    if row is None:
        raise NotFound("Nobody wants this export any more.")
    return row
