"""The service: a value made from its settings. `uvicorn backend.main:create_app --factory` serves it."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import FileResponse
from fastapi.routing import APIRoute

from backend.api import analysis, artifacts, catalog, datasets, events, exports, images, predict, runs, specs, workers
from backend.api.deps import Board
from backend.api.guard import Guard
from backend.api.problems import ProblemDocument, add_problem_handlers
from backend.db.engine import open_database
from backend.lifecycle.housekeeping import Housekeeping
from backend.live.hub import Hub
from backend.live.redis_stream import RedisStream
from backend.malloc import limit_arenas
from backend.messaging.rpc import HelperClient
from backend.messaging.wakeups import Wakeups
from backend.settings import Settings

MAX_BODY_BYTES = 1024**2
"""Of what is not a dataset: a pasted model of three hundred layers has a third of that."""

NOT_BUILT = "The page is not built: run `make setup`. The API works all the same, at /api/openapi.json."


def create_app(settings: Settings | None = None) -> FastAPI:
    """The service over the given settings, those of the environment by default."""
    settings = settings or Settings()
    board = _board(settings)
    app = FastAPI(
        title="Epochboard",
        description="Launch, watch and understand Keras image-classification runs.",
        version="0.1.0",
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
        generate_unique_id_function=_operation_id,
        responses={"4XX": {"model": ProblemDocument, "description": "What was given, what is allowed, what to do"}},
    )
    app.state.board = board
    app.add_middleware(Guard, allowed_hosts=settings.allowed_hosts, max_body_bytes=MAX_BODY_BYTES)
    add_problem_handlers(app)
    for part in (runs, predict, artifacts, exports, events, analysis, images, datasets, catalog, specs, workers):
        app.include_router(part.router)
    _add_page(app, settings.frontend_dir)
    return app


def _board(settings: Settings) -> Board:
    database, jobs = open_database(settings), Wakeups(settings)
    return Board(
        settings=settings,
        database=database,
        wire=RedisStream(settings.wire_url),
        hub=Hub(database, settings.wire_url),
        jobs=jobs,
        questions=HelperClient(settings, jobs),
    )


@contextlib.asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    limit_arenas()
    board: Board = app.state.board
    housekeeping = Housekeeping(board.settings, board.database, board.wire, board.jobs)
    async with board.hub.running(), housekeeping.running():
        yield
    board.database.engine.dispose()


def _operation_id(route: APIRoute) -> str:
    """The handler's name: the names of a generated client stay the same when an address changes."""
    return route.name


def _add_page(app: FastAPI, folder: Path) -> None:
    if not (folder / "index.html").is_file():
        app.add_api_route("/", lambda: {"detail": NOT_BUILT}, include_in_schema=False)
        return
    app.add_api_route("/api/docs", lambda: FileResponse(folder / "docs.html"), include_in_schema=False)
    app.frontend("/", directory=str(folder), fallback="index.html")
