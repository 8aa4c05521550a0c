"""Routes of runs: create, list, read, change, delete, stop, resume; metrics and log."""

from typing import Annotated

from fastapi import APIRouter, Header, Query, Response
from sqlalchemy import select

from backend.api.deps import BoardDep, RunDep, SessionDep
from backend.api.lists import Items, Page
from backend.db.clock import to_datetime
from backend.db.models import Event
from backend.files import remove_folder
from backend.lifecycle import resuming, stopping
from backend.lifecycle.resuming import ResumeRequest
from backend.lifecycle.stopping import StopRequest
from backend.planning import initial_weights
from backend.runs import listing
from backend.runs.change import delete_ended_run, update_run
from backend.runs.create import queue_new_run
from backend.runs.cursors import MAX_LENGTH
from backend.runs.read import read_runs
from backend.runs.schemas import MAX_SEQ, LogLine, RunChange, RunCreate, RunRead, Series, Status
from backend.runs.series import metric_series

router = APIRouter(prefix="/api/runs", tags=["runs"])

IdempotencyKey = Annotated[str | None, Header(min_length=1, max_length=200)]
Limit = Annotated[int, Query(ge=1, le=200)]


@router.post("", status_code=201)
def create_run(
    request: RunCreate, board: BoardDep, response: Response, idempotency_key: IdempotencyKey = None
) -> RunRead:
    """Queue a run from a recipe's name or a whole spec."""
    with board.database.write() as session:
        run, events = queue_new_run(session, request, idempotency_key)
        if events:
            initial_weights.keep_weights(session, board.settings.data_dir, run)
        run_read = read_runs(session, [run])[0]
    board.redis_stream.publish(events)
    if events:
        board.wakeups.train(run.id)
    response.headers["Location"] = f"/api/runs/{run.id}"
    return run_read


@router.get("")
def list_runs(
    session: SessionDep,
    status: Annotated[list[Status] | None, Query()] = None,
    dataset: str | None = None,
    model: str | None = None,
    tag: str | None = None,
    study: str | None = None,
    owner: str | None = None,
    cloned_from: str | None = None,
    q: str | None = None,
    sort: str = "-created_at",
    limit: Limit = 50,
    cursor: Annotated[
        str | None, Query(max_length=MAX_LENGTH, description="`next_cursor` of the previous page")
    ] = None,
) -> Page[RunRead]:
    """Lists the runs that match, newest first unless `sort` is given."""
    statuses: list[str] | None = [*status] if status else None
    query = listing.RunQuery(statuses, dataset, model, tag, study, owner, cloned_from, q, sort, limit, cursor)
    rows, next_cursor, total = listing.page(session, query)
    return Page(items=read_runs(session, rows), next_cursor=next_cursor, total=total)


@router.get("/{run_id}")
def read_run(run: RunDep, session: SessionDep) -> RunRead:
    """Returns a run."""
    return read_runs(session, [run])[0]


@router.patch("/{run_id}")
def change_run(run_id: str, change: RunChange, board: BoardDep) -> RunRead:
    """Changes a run's name, tags, notes or priority."""
    with board.database.write() as session:
        run, events = update_run(session, run_id, change)
        result = read_runs(session, [run])[0]
    board.redis_stream.publish(events)
    return result


@router.delete("/{run_id}", status_code=204)
def delete_run(run_id: str, board: BoardDep) -> None:
    """Deletes an ended run and its files."""
    with board.database.write() as session:
        delete_ended_run(session, run_id)
    remove_folder(board.settings.data_dir, "runs", run_id)


@router.post("/{run_id}/stop", status_code=202)
def stop_run(run_id: str, request: StopRequest, board: BoardDep) -> RunRead:
    """Stops a run: `finish` after the current epoch, which is evaluated and kept; `kill` at once."""
    with board.database.write() as session:
        run, events = stopping.stop(session, run_id, request.mode)
        result = read_runs(session, [run])[0]
    board.redis_stream.publish(events)
    return result


@router.post("/{run_id}/resume", status_code=202)
def resume_run(run_id: str, board: BoardDep, request: ResumeRequest | None = None) -> RunRead:
    """Resumes an ended run after its last saved epoch; `epochs` sets a larger total."""
    with board.database.write() as session:
        run, events = resuming.resume(session, run_id, request or ResumeRequest())
        result = read_runs(session, [run])[0]
    board.redis_stream.publish(events)
    board.wakeups.train(run_id)
    return result


@router.get("/{run_id}/metrics")
def read_metrics(
    run: RunDep,
    session: SessionDep,
    names: str | None = None,
    max_points: Annotated[int | None, Query(ge=2, le=100_000)] = None,
) -> Series:
    """Returns the metrics of all epochs; `names` are separated by commas, `max_points` downsamples them."""
    return metric_series(session, run.id, names.split(",") if names else None, max_points)


@router.get("/{run_id}/log")
def read_log(
    run: RunDep,
    session: SessionDep,
    after: Annotated[int, Query(ge=0, le=MAX_SEQ)] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> Items[LogLine]:
    """Returns the log in order, after line number `after`."""
    lines = select(Event).where(Event.run_id == run.id, Event.kind == "log")
    rows = session.scalars(lines.where(Event.seq > after).order_by(Event.seq).limit(limit))
    return Items(items=[LogLine(seq=row.seq, time=to_datetime(row.time), **row.payload) for row in rows])
