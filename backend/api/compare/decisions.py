"""Routes of decisions: what was decided after comparing runs."""

from typing import Annotated

from fastapi import Body, Path, Query, Response

from backend.api.deps import BoardDep, SessionDep
from backend.api.http import examples
from backend.api.http.limits import WriteSlot
from backend.api.http.lists import Page
from backend.api.http.router import Router
from backend.compare import decisions
from backend.compare.decisions import DecisionCreate, DecisionRead
from backend.requests import StorableText
from backend.runs.table.cursors import MAX_LENGTH

router = Router(prefix="/api/decisions", tags=["compare"])

DecisionId = Annotated[str, Path(description="id of the decision, as `GET /api/decisions` lists it")]


@router.post("", status_code=201, dependencies=[WriteSlot], summary="Note a decision")
def create_decision(
    request: Annotated[DecisionCreate, Body(openapi_examples=examples.DECISION)], board: BoardDep
) -> DecisionRead:
    """Stores which of the compared runs is kept, and why. The decision is shown with each of its runs."""
    with board.database.write() as session:
        return decisions.create_decision(session, request)


@router.get("", summary="List decisions")
def list_decisions(
    session: SessionDep,
    run: Annotated[
        StorableText | None, Query(max_length=100, description="id of a run that the decisions are about")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=200, description="decisions of a page")] = 50,
    cursor: Annotated[
        str | None, Query(max_length=MAX_LENGTH, description="`next_cursor` of the previous page")
    ] = None,
) -> Page[DecisionRead]:
    """Lists the decisions about a run, or all, newest first. A decision stays when its runs are deleted, with the names
    that they had.
    """
    items, next_cursor, total = decisions.list_decisions(session, [run] if run else [], limit, cursor)
    return Page(items=items, next_cursor=next_cursor, total=total)


@router.delete(
    "/{decision_id}",
    status_code=204,
    dependencies=[WriteSlot],
    response_class=Response,
    summary="Delete a decision",
)
def delete_decision(decision_id: DecisionId, board: BoardDep) -> None:
    """Deletes a decision; its runs stay."""
    with board.database.write() as session:
        decisions.delete_decision(session, decision_id)
