"""Routes of workers, liveness and readiness."""

from fastapi import Response
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from backend.api.deps import Board, BoardDep, SessionDep
from backend.api.http.lists import Items
from backend.api.http.router import Router
from backend.db.errors import reason
from backend.workers import WorkerRead, all_workers

router = Router(tags=["workers"])


class Readiness(BaseModel):
    """`database` and `redis` are "ok" or what is wrong with them, `workers` is the number of alive workers."""

    database: str
    redis: str
    workers: int
    missing: list[str]


@router.get("/api/workers", summary="List workers")
def list_workers(session: SessionDep, board: BoardDep) -> Items[WorkerRead]:
    """Lists every worker with its state and slots: device, memory, and the run that a slot trains."""
    return Items(items=all_workers(session, board.settings.lease_seconds))


@router.get("/healthz", summary="Is the service alive?")
async def healthz() -> dict[str, str]:
    """Answers 200 while the service runs, without a look at the database, Redis or workers."""
    return {"status": "alive"}


@router.get(
    "/readyz",
    summary="Is the board ready?",
    responses={503: {"model": Readiness, "description": "Not ready; `missing` names what is missing"}},
)
def readyz(board: BoardDep, response: Response) -> Readiness:
    """Answers 200 if the database answers, Redis accepts a write, and a worker is alive.

    Otherwise it answers 503 with what is missing.
    """
    database, workers = _database(board)
    redis = board.redis_stream.health() if board.hub.connected else "does not answer"
    missing = [name for name, state in (("database", database), ("redis", redis)) if state != "ok"]
    missing += [] if workers else ["workers"]
    response.status_code = 503 if missing else 200
    return Readiness(database=database, redis=redis, workers=workers, missing=missing)


def _database(board: Board) -> tuple[str, int]:
    try:
        with board.database.read() as session:
            session.execute(text("SELECT 1"))
            workers = all_workers(session, board.settings.lease_seconds)
    except SQLAlchemyError as error:
        return f"does not answer: {reason(error)}", 0
    return "ok", sum(worker.state == "alive" for worker in workers)
