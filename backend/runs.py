"""Runs as people handle them: ask for one, read it, change its label, delete it."""

import hashlib
import secrets
from collections.abc import Sequence

from sqlalchemy import delete as delete_rows
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend.check import refuse_impossible
from backend.datasets import check_known
from backend.db import database_time
from backend.errors import Conflict, FieldError, Invalid, NotFound
from backend.events import RunEvent, record_status
from backend.line import places
from backend.models import ACTIVE, IdempotencyKey, Run
from backend.recipes import recipe_spec
from backend.schemas import RunChange, RunCreate, RunRead, priority_number, run_read
from backend.spec import RunSpec, model_name

KEY_SECONDS = 24 * 3600


def create(session: Session, request: RunCreate, key: str | None = None) -> tuple[Run, list[RunEvent]]:
    """Queue a run. With the idempotency key of an earlier, equal request it is that request's run."""
    known = _known(session, request, key) if key else None
    if known is not None:
        return known, []
    run = _row(session, request, _spec(session, request))
    try:
        with session.begin_nested():
            _insert(session, run, request, key)
    except IntegrityError:
        # PostgreSQL: an equal request at the same moment was first with this key, and has committed by now.
        known = _known(session, request, key) if key else None
        if known is None:
            raise
        return known, []
    return run, [record_status(session, run)]


def get(session: Session, run_id: str, *, lock: bool = False) -> Run:
    """One run by its id.

    Raises:
        NotFound: there is none.
    """
    run = session.get(Run, run_id, with_for_update=lock or None)
    if run is None:
        raise NotFound(f"There is no run {run_id!r}; it may have been deleted.")
    return run


def read(session: Session, runs: Sequence[Run]) -> list[RunRead]:
    """Runs as the contract shows them, now, each waiting one with its place in the line."""
    at = database_time(session)
    line = places(session) if any(run.status == "queued" for run in runs) else {}
    return [run_read(run, at, line.get(run.id)) for run in runs]


def change(session: Session, run_id: str, asked: RunChange) -> tuple[Run, list[RunEvent]]:
    run = get(session, run_id, lock=True)
    for field, value in asked.model_dump(exclude_unset=True).items():
        if value is None:
            raise Invalid(f"{field} can't be null; leave it out to keep it.", [FieldError([field], "can't be null")])
        setattr(run, field, priority_number(value) if field == "priority" else value)
    return run, [record_status(session, run)]


def delete(session: Session, run_id: str) -> None:
    """Forget a run and all its rows; the caller removes its files after the commit.

    Raises:
        Conflict: it has not ended.
    """
    run = get(session, run_id, lock=True)
    if run.status in ACTIVE:
        raise Conflict(f"Run {run.name!r} is {run.status}; it can be deleted once it has ended.")
    session.delete(run)


def _insert(session: Session, run: Run, request: RunCreate, key: str | None) -> None:
    session.add(run)
    session.flush()
    if key:
        session.add(IdempotencyKey(key=key, body_sha256=_digest(request), run_id=run.id, created_at=run.created_at))
        session.flush()


def _known(session: Session, request: RunCreate, key: str) -> Run | None:
    expired = database_time(session) - KEY_SECONDS
    session.execute(delete_rows(IdempotencyKey).where(IdempotencyKey.created_at < expired))
    row = session.get(IdempotencyKey, key)
    if row is None:
        return None
    if row.body_sha256 != _digest(request):
        raise Invalid(
            f"The Idempotency-Key {key!r} was used with another body in the last 24 hours; use a new key for a new run."
        )
    return get(session, row.run_id)


def _spec(session: Session, request: RunCreate) -> RunSpec:
    if (request.spec is None) == (request.recipe is None):
        message = "give either a spec or the name of a recipe, and not both"
        raise Invalid(f"G{message[1:]}.", [FieldError(["spec"], message)])
    spec = request.spec or recipe_spec(request.recipe or "")
    check_known(session, spec.dataset.name)
    _check_origin(session, request.cloned_from)
    refuse_impossible(session, spec)
    return spec


def _check_origin(session: Session, run_id: str | None) -> None:
    if run_id is not None and session.get(Run, run_id) is None:
        message = f"there is no run {run_id!r} to be cloned from; leave it out, or give the id of one that is there"
        raise Invalid(f"T{message[1:]}.", [FieldError(["cloned_from"], message)])


def _row(session: Session, request: RunCreate, spec: RunSpec) -> Run:
    at = database_time(session)
    return Run(
        id=secrets.token_hex(8),
        name=request.name or request.recipe or f"{spec.dataset.name} {model_name(spec.model)}",
        status="queued",
        spec=spec.as_json(),
        recipe=request.recipe,
        tags=request.tags,
        notes=request.notes,
        priority=priority_number(request.priority),
        cloned_from=request.cloned_from,
        dataset=spec.dataset.name,
        model=model_name(spec.model),
        created_at=at,
        queued_at=at,
        woken_at=at,
        attempt=0,
        lease=0,
        claims=0,
        epoch=0,
        epochs=spec.epochs,
        spark=[],
        last_seq=0,
    )


def _digest(request: RunCreate) -> str:
    return hashlib.sha256(request.model_dump_json().encode()).hexdigest()
