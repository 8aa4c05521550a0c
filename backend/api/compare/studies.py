"""Routes of studies: create, check, list, read, stop, extend, delete."""

from typing import Annotated

from fastapi import Body, Path, Query, Response

from backend.api.deps import Board, BoardDep, SessionDep
from backend.api.http import examples
from backend.api.http.limits import WriteSlot
from backend.api.http.lists import Page
from backend.api.http.openapi import problems
from backend.api.http.router import Router
from backend.runs.event_log import RunEvent
from backend.runs.table.cursors import MAX_LENGTH
from backend.studies import change, check, create, read
from backend.studies.kinds import AnyStudyRequest
from backend.studies.schemas import StudyCheck, StudyDetail, StudyExtension, StudyRead, StudyStop

router = Router(prefix="/api/studies", tags=["studies"])

StudyId = Annotated[str, Path(description="id of the study, as `GET /api/studies` lists it")]
LOCATION = {"Location": {"description": "Address of the study", "required": True, "schema": {"type": "string"}}}
MAX_WAKEUPS = 8  # messages for new runs; a worker that is woken trains until the queue is empty


@router.post(
    "",
    status_code=201,
    dependencies=[WriteSlot],
    summary="Launch a study",
    responses={201: {"headers": LOCATION}, **problems(409)},
)
def create_study(
    request: Annotated[AnyStudyRequest, Body(openapi_examples=examples.NEW_STUDY)], board: BoardDep, response: Response
) -> StudyDetail:
    """Queues the runs of a study. Each spec is checked first, as that of any run.

    The runs of a TPE search are queued bit by bit: each is chosen by the results of those before it.
    """
    settings = board.settings
    study_id, events = create.create_study(
        board.database, settings.data_dir, request, settings.study_runs, settings.lease_seconds
    )
    _publish_new(board, events)
    response.headers["Location"] = f"/api/studies/{study_id}"
    return _read(board, study_id)


@router.post("/check", summary="Check a study")
def check_study(
    request: Annotated[AnyStudyRequest, Body(openapi_examples=examples.NEW_STUDY)], board: BoardDep, session: SessionDep
) -> StudyCheck:
    """Returns how many runs a study would have, how long they take on the slots there are, and errors and warnings.

    A study that is impossible answers 200 with `ok: false`; a malformed request answers 422.
    """
    return check.check_study(session, request, board.settings.study_runs, board.settings.lease_seconds)


@router.get("", summary="List studies")
def list_studies(
    session: SessionDep,
    board: BoardDep,
    limit: Annotated[int, Query(ge=1, le=200, description="studies of a page")] = 50,
    cursor: Annotated[
        str | None, Query(max_length=MAX_LENGTH, description="`next_cursor` of the previous page")
    ] = None,
) -> Page[StudyRead]:
    """Lists studies, the newest first, each with the counts of its runs, its best trial and its means."""
    studies, next_cursor, total = read.page(session, limit, cursor)
    items = read.read_studies(session, studies, board.settings.study_runs)
    return Page(items=items, next_cursor=next_cursor, total=total)


@router.get("/{study_id}", summary="Read a study")
def read_study(study_id: StudyId, session: SessionDep, board: BoardDep) -> StudyDetail:
    """Returns a study with its base spec, what was requested, and what its finished trials show."""
    settings = board.settings
    return read.read_study(session, read.get_study(session, study_id), settings.study_runs, settings.lease_seconds)


@router.post(
    "/{study_id}/stop", status_code=202, dependencies=[WriteSlot], summary="Stop a study", responses=problems(409)
)
def stop_study(
    study_id: StudyId,
    board: BoardDep,
    request: Annotated[StudyStop | None, Body(openapi_examples=examples.STUDY_STOP)] = None,
) -> StudyDetail:
    """Ends the queued runs of a study and queues no more. Runs in training go on to their end, unless `mode` says else.

    A study whose runs have all ended answers 409.
    """
    change.stop_study(board.database, board.redis_stream, study_id, (request or StudyStop()).mode)
    return _read(board, study_id)


@router.post(
    "/{study_id}/extend", status_code=202, dependencies=[WriteSlot], summary="Extend a study", responses=problems(409)
)
def extend_study(
    study_id: StudyId,
    request: Annotated[StudyExtension, Body(openapi_examples=examples.STUDY_EXTENSION)],
    board: BoardDep,
) -> StudyDetail:
    """Adds runs to a study, also to one that is finished or was stopped: more seeds, or more trials of a search.

    Their number is a multiple of the study's `extension_step`.
    """
    settings = board.settings
    events = change.extend_study(board.database, settings.data_dir, study_id, request.runs, settings.study_runs)
    _publish_new(board, events)
    return _read(board, study_id)


@router.delete(
    "/{study_id}",
    status_code=204,
    dependencies=[WriteSlot],
    response_class=Response,
    summary="Delete a study",
    responses=problems(409),
)
def delete_study(study_id: StudyId, board: BoardDep) -> None:
    """Deletes a study with its runs and their files. A study that is running must be stopped first (409)."""
    board.redis_stream.deleted(change.delete_study(board.database, board.settings.data_dir, study_id))


def _publish_new(board: Board, events: list[RunEvent]) -> None:
    board.redis_stream.publish(events)
    for event in events[:MAX_WAKEUPS]:
        board.wakeups.train(event.run)


def _read(board: Board, study_id: str) -> StudyDetail:
    with board.database.read() as session:
        return read_study(study_id, session, board)
