"""Saved views of the table: a name, and the query of the page's address.

The query is kept as it is. One that names a field that no longer exists is kept too; the list refuses it and says why.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend.db.clock import database_time, to_datetime
from backend.db.models import View
from backend.errors import Conflict, NotFound
from backend.requests import Line, RequestBody

MAX_VIEWS = 500

ViewName = Annotated[Line, Field(min_length=1, max_length=80)]
ViewQuery = Annotated[Line, Field(max_length=8_000, description="the page's address after `?`")]


class ViewCreate(RequestBody):
    name: ViewName
    query: ViewQuery


class ViewChange(RequestBody):
    """The fields to change; one that is left out stays as it is, so that no default is ever used."""

    name: ViewName = Field(default_factory=str)
    query: ViewQuery = Field(default_factory=str)


class ViewRead(BaseModel):
    id: str
    name: str
    query: str
    created_at: datetime


def list_views(session: Session) -> Sequence[View]:
    """Returns all views, the oldest first."""
    return session.scalars(select(View).order_by(View.created_at, View.id)).all()


def create_view(session: Session, request: ViewCreate) -> View:
    """Saves a view.

    Raises:
        Conflict: A view has that name, or there are too many.
    """
    if (session.scalar(select(func.count()).select_from(View)) or 0) >= MAX_VIEWS:
        raise Conflict(f"There are {MAX_VIEWS} saved views, as many as a board may have; delete one first.")
    view = View(id=secrets.token_hex(8), created_at=database_time(session), **request.model_dump())
    _save(session, view, request.name)
    return view


def change_view(session: Session, view_id: str, change: ViewChange) -> View:
    """Sets the fields of a view that the request has.

    Raises:
        Conflict: Another view has that name.
    """
    view = get_view(session, view_id)
    with session.no_autoflush:
        for field, value in change.model_dump(exclude_unset=True).items():
            setattr(view, field, value)
    _save(session, view, change.name)
    return view


def delete_view(session: Session, view_id: str) -> None:
    session.delete(get_view(session, view_id))


def get_view(session: Session, view_id: str) -> View:
    view = session.get(View, view_id)
    if view is None:
        raise NotFound(f"There is no saved view {view_id!r}; it may have been deleted.")
    return view


def view_read(view: View) -> ViewRead:
    return ViewRead(id=view.id, name=view.name, query=view.query, created_at=to_datetime(view.created_at))


def _save(session: Session, view: View, name: str) -> None:
    try:
        session.add(view)
        session.flush()
    except IntegrityError:
        message = f"There is a saved view with the name {name!r}; give another name, or change that one."
        raise Conflict(message) from None
