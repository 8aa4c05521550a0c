"""The route of bets: the accuracy that was expected of runs, and what came of it."""

from typing import Annotated

from fastapi import Query

from backend.api.deps import SessionDep
from backend.api.http.router import Router
from backend.compare import bets
from backend.compare.bets import Bets
from backend.runs.table.cursors import MAX_LENGTH

router = Router(prefix="/api/bets", tags=["compare"])


@router.get("", summary="List bets")
def list_bets(
    session: SessionDep,
    limit: Annotated[int, Query(ge=1, le=200, description="bets of a page")] = 50,
    cursor: Annotated[
        str | None, Query(max_length=MAX_LENGTH, description="`next_cursor` of the previous page")
    ] = None,
) -> Bets:
    """Lists the runs that were launched with a bet, newest first, with their results and the noise between seeds, and
    how far all bets were off on average.
    """
    return bets.list_bets(session, limit, cursor)
