"""Routes of runs: create, list, read, change, delete, stop, resume; metrics and log."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Body, Depends, Header, Query, Response
from sqlalchemy import select

from backend.api.deps import BoardDep, RunDep, RunId, SessionDep
from backend.api.http import examples
from backend.api.http.limits import WriteSlot
from backend.api.http.lists import Items, Page
from backend.api.http.openapi import problems
from backend.api.http.router import Router
from backend.db.clock import to_datetime
from backend.db.models import Event
from backend.files import remove_folder
from backend.lifecycle import resuming, stopping
from backend.lifecycle.resuming import ResumeRequest
from backend.lifecycle.stopping import StopRequest
from backend.runs import create
from backend.runs.change import delete_ended_run, update_run
from backend.runs.metrics.series import metric_series
from backend.runs.read import read_runs
from backend.runs.schemas import LogLine, LogQuery, MetricsQuery, RunChange, RunCreate, RunRead, Series
from backend.runs.table.columns.short_turns import short_turns
from backend.runs.table.listing import RunQuery
from backend.runs.table.page_json import page_json
from backend.runs.table.rows import RunRow

router = Router(prefix="/api/runs", tags=["runs"])

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key", min_length=1, max_length=200, description="kept for 24 h, so that a repeat is safe"
    ),
]
LOCATION = {"Location": {"description": "Address of the run", "required": True, "schema": {"type": "string"}}}


@router.post(
    "",
    status_code=201,
    dependencies=[WriteSlot],
    summary="Launch a run",
    responses={201: {"headers": LOCATION}, **problems(409)},
)
def create_run(
    request: Annotated[RunCreate, Body(openapi_examples=examples.NEW_RUN)],
    board: BoardDep,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> RunRead:
    """Queues a run of a recipe or of a spec, exactly one of the two, with defaults filled in.

    The network and the dataset are checked first. A request with an `Idempotency-Key` may be repeated: the same body
    gets the same run, another body 422. Initial weights that are damaged answer 409.
    """
    run, events = create.create_run(board.database, board.settings.data_dir, request, idempotency_key)
    board.redis_stream.publish(events)
    if events:
        board.wakeups.train(run.id)
    response.headers["Location"] = f"/api/runs/{run.id}"
    return run


async def answered_soon() -> AsyncIterator[None]:
    """Lets the thread that reads all runs into memory pause until a list is sent."""
    with short_turns.answering():
        yield


@router.get("", dependencies=[Depends(answered_soon)], summary="List runs", response_model=Page[RunRead] | Page[RunRow])
def list_runs(board: BoardDep, query: Annotated[RunQuery, Query()]) -> Response:
    """Lists the runs that match all filters, newest first unless `sort` is given. Runs without the value that is sorted
    by come last. `total` counts all matches.

    With `view=row` the items are what a table shows, without `spec`, `notes` and most metrics, and `fields` has the
    values of `columns` by their paths; null is a value that the run does not have. `GET /api/runs/fields` lists the
    paths.
    """
    with board.database.read() as session:
        return Response(page_json(session, query), media_type="application/json")


@router.get("/{run_id}", summary="Read a run")
def read_run(run: RunDep, session: SessionDep) -> RunRead:
    """Returns a run with its complete spec, status, latest and best metrics, and place in the queue."""
    return read_runs(session, [run])[0]


@router.patch("/{run_id}", dependencies=[WriteSlot], summary="Change a run")
def change_run(
    run_id: RunId, change: Annotated[RunChange, Body(openapi_examples=examples.RUN_CHANGE)], board: BoardDep
) -> RunRead:
    """Changes a run's name, tags, notes or priority. A field that is left out stays as it is."""
    with board.database.write() as session:
        run, events = update_run(session, run_id, change)
        result = read_runs(session, [run])[0]
    board.redis_stream.publish(events)
    return result


@router.delete(
    "/{run_id}",
    status_code=204,
    dependencies=[WriteSlot],
    response_class=Response,
    summary="Delete a run",
    responses=problems(409),
)
def delete_run(run_id: RunId, board: BoardDep) -> None:
    """Deletes a run and its files. A run that is active must be stopped first (409)."""
    with board.database.write() as session:
        delete_ended_run(session, run_id)
    board.redis_stream.deleted([run_id])
    remove_folder(board.settings.data_dir, "runs", run_id)


@router.post("/{run_id}/stop", status_code=202, dependencies=[WriteSlot], summary="Stop a run", responses=problems(409))
def stop_run(
    run_id: RunId, request: Annotated[StopRequest, Body(openapi_examples=examples.STOP)], board: BoardDep
) -> RunRead:
    """Stops a run: `finish` after the current epoch, which is evaluated and kept; `kill` at once.

    A queued run is stopped at once. A repeated request changes nothing; an ended run answers 409.
    """
    with board.database.write() as session:
        run, events = stopping.stop(session, run_id, request.mode)
        result = read_runs(session, [run])[0]
    board.redis_stream.publish(events)
    return result


@router.post(
    "/{run_id}/resume", status_code=202, dependencies=[WriteSlot], summary="Resume a run", responses=problems(409)
)
def resume_run(
    run_id: RunId,
    board: BoardDep,
    request: Annotated[ResumeRequest | None, Body(openapi_examples=examples.RESUME)] = None,
) -> RunRead:
    """Queues an ended run again, to go on after its last saved epoch. `epochs` sets a larger total, also of a finished
    run. A run that is active or has nothing left to train answers 409.
    """
    with board.database.write() as session:
        run, events = resuming.resume(session, run_id, request or ResumeRequest())
        result = read_runs(session, [run])[0]
    board.redis_stream.publish(events)
    board.wakeups.train(run_id)
    return result


@router.get("/{run_id}/metrics", summary="Read a run's metrics")
def read_metrics(run: RunDep, session: SessionDep, query: Annotated[MetricsQuery, Query()]) -> Series:
    """Returns the metrics of all epochs, each series as long as `epochs`. NaN and infinity are null."""
    return metric_series(session, run.id, query.names.split(",") if query.names else None, query.max_points)


@router.get("/{run_id}/log", summary="Read a run's log")
def read_log(run: RunDep, session: SessionDep, query: Annotated[LogQuery, Query()]) -> Items[LogLine]:
    """Returns lines of the log in order. Ask again with the `seq` of the last one until none is left."""
    lines = select(Event).where(Event.run_id == run.id, Event.kind == "log")
    rows = session.scalars(lines.where(Event.seq > query.after).order_by(Event.seq).limit(query.limit))
    return Items(items=[LogLine(seq=row.seq, time=to_datetime(row.time), **row.payload) for row in rows])
