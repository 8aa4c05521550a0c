"""Routes of labels: which are probably wrong, and what people decided about them."""

from typing import Annotated, Any, TypeVar

from fastapi import Body, Query, Response
from pydantic import BaseModel

from backend.api.deps import Board, BoardDep, DatasetName, SessionDep
from backend.api.http import examples
from backend.api.http.limits import WriteSlot
from backend.api.http.lists import CsvFile, Items
from backend.api.http.openapi import problems
from backend.api.http.router import Router
from backend.labels import decisions, duplicates
from backend.labels.decisions import LabelDecisionsChange
from backend.labels.duplicates import ChecksQuery, Duplicates, DuplicatesQuery, Outliers
from backend.labels.schemas import LabelDecisionRead, Suspects, SuspectsFilter, SuspectsQuery

router = Router(prefix="/api/datasets/{name}", tags=["labels"])

Found = TypeVar("Found", Duplicates, Outliers)


def computing(model: type[BaseModel]) -> dict[int | str, dict[str, Any]]:
    """Returns the documentation of the response while a worker has nothing found yet."""
    return {202: {"model": model, "description": "A worker compares the images; ask again"}}


@router.get("/suspects", summary="List labels that are probably wrong")
def list_suspects(
    name: DatasetName, session: SessionDep, board: BoardDep, query: Annotated[SuspectsQuery, Query()]
) -> Suspects:
    """Lists images whose labels are probably wrong, the most suspect first, by confident learning over the runs: those
    that are confidently of another class. An image that most people named differently in a quiz is listed, too.

    Runs judge the images that they were validated on. With `split=train` they judge those that they were trained on
    (`in_sample`), where that was computed (`POST /api/runs/{id}/evaluations`).
    """
    from backend.labels import suspects

    return suspects.page(session, suspects.find_suspects(session, board.settings.data_dir, name, query), query)


@router.get("/suspects.csv", summary="Download labels that are probably wrong as CSV", response_class=CsvFile)
def download_suspects(
    name: DatasetName, session: SessionDep, board: BoardDep, query: Annotated[SuspectsFilter, Query()]
) -> CsvFile:
    """Downloads all suspects with what was decided about them, one line for each image. A text that a spreadsheet
    would take for a formula begins with an apostrophe.
    """
    from backend.labels import suspects, suspects_csv

    found = suspects.find_suspects(session, board.settings.data_dir, name, query)
    headers = {"Content-Disposition": 'attachment; filename="suspects.csv"'}
    return CsvFile(list(suspects_csv.csv_blocks(session, found)), headers=headers)


@router.get("/label-decisions", summary="List decisions about labels")
def list_label_decisions(name: DatasetName, session: SessionDep) -> Items[LabelDecisionRead]:
    """Lists all decisions about the images of a dataset, at most 10,000, in the order in which they were made."""
    return Items(items=decisions.list_decisions(session, name))


@router.put("/label-decisions", dependencies=[WriteSlot], summary="Decide about labels", responses=problems(404, 409))
def decide_about_labels(
    name: DatasetName,
    request: Annotated[LabelDecisionsChange, Body(openapi_examples=examples.LABEL_DECISIONS)],
    board: BoardDep,
) -> Items[LabelDecisionRead]:
    """Stores decisions about images: keep the label, relabel, leave out, or undecided again. All are stored, or none.

    The dataset does not change; a new version does what was decided (`POST /api/datasets/{name}/versions`). 409 if
    another person has decided about one of the images since, which `revision` shows.
    """
    with board.database.write() as session:
        return Items(items=decisions.decide(session, name, request))


@router.get("/duplicates", summary="List duplicates in a dataset", responses=computing(Duplicates))
def list_duplicates(
    name: DatasetName,
    session: SessionDep,
    board: BoardDep,
    query: Annotated[DuplicatesQuery, Query()],
    response: Response,
) -> Duplicates:
    """Lists pictures with identical pixels and several labels, or near duplicates across labels or splits, the most
    alike first. The first request makes a worker compare the images, once: 202 with `status: "computing"` until then.
    """
    found = duplicates.find_duplicates(session, board.settings.data_dir, name, query)
    return _with_status(board, name, found, response)


@router.get("/outliers", summary="List images that are unlike their class", responses=computing(Outliers))
def list_outliers(
    name: DatasetName, session: SessionDep, board: BoardDep, query: Annotated[ChecksQuery, Query()], response: Response
) -> Outliers:
    """Lists images that are far from all others of their class in their grey values, the most unlike first. 202 while a
    worker compares the images, as for duplicates.
    """
    return _with_status(board, name, duplicates.find_outliers(session, board.settings.data_dir, name, query), response)


def _with_status(board: Board, name: str, found: Found, response: Response) -> Found:
    """Wakes a worker and sets status 202 while nothing was compared. The next GET repeats a message that was lost."""
    if found.status == "computing":
        board.wakeups.check_images(name)
        response.status_code = 202
    return found
