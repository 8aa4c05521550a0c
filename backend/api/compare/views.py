"""Routes of saved views of the runs table."""

from typing import Annotated

from fastapi import Body, Path, Response

from backend.api.deps import BoardDep, SessionDep
from backend.api.http import examples
from backend.api.http.limits import WriteSlot
from backend.api.http.lists import Items
from backend.api.http.openapi import problems
from backend.api.http.router import Router
from backend.runs.table import views
from backend.runs.table.views import ViewChange, ViewCreate, ViewRead, view_read

router = Router(prefix="/api/views", tags=["runs"])

ViewId = Annotated[str, Path(description="id of the view, as `GET /api/views` lists it")]


@router.get("", summary="List saved views")
def list_views(session: SessionDep) -> Items[ViewRead]:
    """Lists the saved views of the runs table, the oldest first. `query` is what follows `?` in the page's address.

    A view may name a field that no longer exists; the list of runs then answers 422 and names it.
    """
    return Items(items=[view_read(view) for view in views.list_views(session)])


@router.post("", status_code=201, dependencies=[WriteSlot], summary="Save a view", responses=problems(409))
def create_view(request: Annotated[ViewCreate, Body(openapi_examples=examples.VIEW)], board: BoardDep) -> ViewRead:
    """Saves a view of the runs table with a name that no other view has (409)."""
    with board.database.write() as session:
        return view_read(views.create_view(session, request))


@router.patch("/{view_id}", dependencies=[WriteSlot], summary="Change a view", responses=problems(409))
def change_view(
    view_id: ViewId, change: Annotated[ViewChange, Body(openapi_examples=examples.VIEW_CHANGE)], board: BoardDep
) -> ViewRead:
    """Changes a view's name or query. A field that is left out stays as it is."""
    with board.database.write() as session:
        return view_read(views.change_view(session, view_id, change))


@router.delete(
    "/{view_id}", status_code=204, dependencies=[WriteSlot], response_class=Response, summary="Delete a view"
)
def delete_view(view_id: ViewId, board: BoardDep) -> None:
    """Deletes a saved view. No run is changed."""
    with board.database.write() as session:
        views.delete_view(session, view_id)
