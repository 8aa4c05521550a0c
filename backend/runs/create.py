"""Runs as people handle them: ask for one, read it, change its label, delete it."""

import hashlib
import secrets

from sqlalchemy import delete as delete_rows
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend.datasets.registry import check_known
from backend.db.clock import database_time
from backend.db.models import IdempotencyKey, Run
from backend.errors import FieldError, Invalid
from backend.planning.check import refuse_impossible
from backend.runs.event_log import RunEvent, record_status
from backend.runs.read import get_run
from backend.runs.schemas import RunCreate, priority_number
from backend.spec import RunSpec, model_name
from backend.spec.recipes import recipe_spec

KEY_SECONDS = 24 * 3600


def queue_new_run(session: Session, request: RunCreate, key: str | None = None) -> tuple[Run, list[RunEvent]]:
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
    return get_run(session, row.run_id)


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
