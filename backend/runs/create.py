"""Queues a new run: from a recipe's name or a spec to a row, once for each idempotency key."""

import hashlib
import secrets
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend.datasets.versions import resolve
from backend.db.clock import database_time
from backend.db.engine import Database
from backend.db.models import PRIORITIES, IdempotencyKey, Run
from backend.errors import FieldError, Invalid
from backend.files import remove_folder
from backend.phrases import sentence
from backend.planning import initial_weights
from backend.planning.check import require_trainable
from backend.runs.event_log import RunEvent, record_status
from backend.runs.read import get_run, read_runs
from backend.runs.schemas import RunCreate, RunRead
from backend.runs.table.search import search_text
from backend.spec import RunSpec, model_name
from backend.spec.recipes import recipe_spec

KEY_SECONDS = 24 * 3600  # the contract keeps an idempotency key for a day


def create_run(
    database: Database, data_dir: Path, request: RunCreate, key: str | None = None
) -> tuple[RunRead, list[RunEvent]]:
    """Queues a run with its initial weights, whose file is complete before the run is committed.

    Raises:
        Invalid: as `queue_new_run`.
        Conflict: the initial weights can't be read.
    """
    run_id, is_queued = secrets.token_hex(8), False
    init = request.spec.init if request.spec else None
    try:
        weights = initial_weights.link_weights(database, data_dir, init.run, run_id) if init else None
        with database.write() as session:
            run, events = queue_new_run(session, request, key, run_id)
            if events:
                initial_weights.attach(session, run, weights)
            result = read_runs(session, [run])[0]
        is_queued = bool(events)
    finally:
        if init and not is_queued:
            remove_folder(data_dir, "runs", run_id)
    return result, events


def queue_new_run(
    session: Session, request: RunCreate, key: str | None = None, run_id: str | None = None
) -> tuple[Run, list[RunEvent]]:
    """Queues a run, with a new id unless `run_id` is given.

    With the idempotency key of an earlier, equal request, returns that request's run and no event.

    Raises:
        Invalid: the spec can't be trained, or the key was used with another body.
    """
    earlier = _run_of_key(session, request, key) if key else None
    if earlier is not None:
        return earlier, []
    spec = _trainable_spec(session, request)
    run = new_row(database_time(session), run_id or secrets.token_hex(8), request, spec)
    try:
        with session.begin_nested():
            _insert_with_key(session, run, request, key)
    except IntegrityError:
        # On PostgreSQL an equal request at the same moment can insert the key first; it has committed then.
        earlier = _run_of_key(session, request, key) if key else None
        if earlier is None:
            raise
        return earlier, []
    return run, [record_status(session, run)]


def _trainable_spec(session: Session, request: RunCreate) -> RunSpec:
    if (request.spec is None) == (request.recipe is None):
        message = "give either a spec or the name of a recipe, and not both"
        raise Invalid(sentence(message), [FieldError(["spec"], message)])
    source = session.get(Run, request.cloned_from) if request.cloned_from is not None else None
    if request.cloned_from is not None and source is None:
        message = f"there is no run {request.cloned_from!r} to be cloned from; leave it out, or give another run's id"
        raise Invalid(sentence(message), [FieldError(["cloned_from"], message)])
    spec = resolve(session, request.spec or recipe_spec(request.recipe or ""), source)
    require_trainable(session, spec)
    return spec


def new_row(at: float, run_id: str, request: RunCreate, spec: RunSpec) -> Run:
    """Returns the row of a new run that is queued at a time. `spec` is what the request's spec or recipe stands for."""
    return Run(
        id=run_id,
        name=request.name or request.recipe or f"{spec.dataset.name} {model_name(spec.model)}",
        status="queued",
        spec=spec.as_json(),
        recipe=request.recipe,
        tags=request.tags,
        notes=request.notes,
        priority=PRIORITIES[request.priority],
        cloned_from=request.cloned_from,
        bet=request.bet,
        dataset=spec.dataset.name,
        model=model_name(spec.model),
        created_at=at,
        queued_at=at,
        attempt=0,
        lease=0,
        claims=0,
        epoch=0,
        epochs=spec.epochs,
        spark=[],
        last_seq=0,
    )


def insert(session: Session, runs: Sequence[Run]) -> None:
    """Inserts new rows, with the texts by which they are found."""
    session.add_all(runs)
    session.flush()
    session.add_all(map(search_text, runs))


def _insert_with_key(session: Session, run: Run, request: RunCreate, key: str | None) -> None:
    insert(session, [run])
    if key:
        session.add(IdempotencyKey(key=key, body_sha256=_digest(request), run_id=run.id, created_at=run.created_at))
        session.flush()


def _run_of_key(session: Session, request: RunCreate, key: str) -> Run | None:
    """Returns the run that a request with this key created within the last day."""
    expired = database_time(session) - KEY_SECONDS
    session.execute(delete(IdempotencyKey).where(IdempotencyKey.created_at < expired))
    row = session.get(IdempotencyKey, key)
    if row is None:
        return None
    if row.body_sha256 != _digest(request):
        raise Invalid(
            f"The Idempotency-Key {key!r} was used with another body in the last 24 hours; use a new key for a new run."
        )
    return get_run(session, row.run_id)


def _digest(request: RunCreate) -> str:
    return hashlib.sha256(request.model_dump_json().encode()).hexdigest()
