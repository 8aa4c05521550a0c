"""Routes of studies: create, check, list, read, stop, extend, delete."""

from typing import Annotated

from fastapi import APIRouter, Body, Path, Query, Response

from backend.api.deps import BoardDep, SessionDep
from backend.api.http import examples
from backend.api.http.limits import WriteSlot
from backend.api.http.lists import Page
from backend.api.http.openapi import problems
from backend.runs.cursors import MAX_LENGTH
from backend.studies import create, read
from backend.studies.kinds import AnyStudyRequest
from backend.studies.schemas import StudyDetail, StudyRead

router = APIRouter(prefix="/api/studies", tags=["studies"])

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
    board.redis_stream.publish(events)
    for event in events[:MAX_WAKEUPS]:
        board.wakeups.train(event.run)
    response.headers["Location"] = f"/api/studies/{study_id}"
    with board.database.read() as session:
        return read.read_study(session, read.get_study(session, study_id), settings.study_runs)


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
    return read.read_study(session, read.get_study(session, study_id), board.settings.study_runs)
