"""Dependencies of the handlers, as annotated types: the board, a session, and the run that a path names."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, Path, Request
from sqlalchemy.orm import Session

from backend.db.engine import Database
from backend.db.models import Run
from backend.live.hub import Hub
from backend.live.redis_stream import RedisStream
from backend.messaging.rpc import HelperClient
from backend.messaging.wakeups import Wakeups
from backend.runs.read import get_run
from backend.settings import Settings


@dataclass(frozen=True)
class Board:
    """The resources of one service process."""

    settings: Settings
    database: Database
    redis_stream: RedisStream
    hub: Hub
    wakeups: Wakeups
    helper: HelperClient


async def board(request: Request) -> Board:
    """Returns the resources that `create_app` stored in the application.

    It does not wait for anything: FastAPI would call a function that is not async in a thread.
    """
    return cast(Board, request.app.state.board)


BoardDep = Annotated[Board, Depends(board)]


def read_session(board: BoardDep) -> Iterator[Session]:
    with board.database.read() as session:
        yield session


# Scope "function": the session closes with the handler; an event stream would hold a connection for hours.
SessionDep = Annotated[Session, Depends(read_session, scope="function")]


RunId = Annotated[str, Path(description="id of the run, as `GET /api/runs` lists it")]
DatasetName = Annotated[str, Path(description="name of the dataset, as `GET /api/datasets` lists it")]


def existing_run(run_id: RunId, session: SessionDep) -> Run:
    """Returns the run of the path, or responds 404."""
    return get_run(session, run_id)


RunDep = Annotated[Run, Depends(existing_run, scope="function")]
