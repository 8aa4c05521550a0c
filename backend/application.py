"""Creates the ASGI application from its settings."""

import contextlib
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from fastapi import FastAPI
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.responses import FileResponse

from backend.api import artifacts, catalog, datasets, events, models, predict, runs, specs, uploads, workers
from backend.api.analysis import evaluations, figures, mistakes, reports, samples, trust
from backend.api.compare import bets, comparisons, decisions, studies, table, views
from backend.api.deps import Board
from backend.api.http.assets import Assets
from backend.api.http.guard import Guard
from backend.api.http.head import Head
from backend.api.http.openapi import DESCRIPTION, TAGS, DocumentedApp
from backend.api.http.problems import add_problem_handlers
from backend.api.labels import labels, quizzes, versions
from backend.db.engine import open_database
from backend.errors import NotFound
from backend.files import PRIVATE_UMASK
from backend.http_protocol import END_STREAMS
from backend.lifecycle.housekeeping import Housekeeping
from backend.live.board_watch import BoardWatch
from backend.live.hub import Hub
from backend.live.redis_stream import RedisStream
from backend.malloc import limit_arenas
from backend.messaging.rpc import HelperClient
from backend.messaging.wakeups import Wakeups
from backend.settings import Settings

MAX_BODY_BYTES = 1024**2  # except uploads; the JSON of a model with 300 layers takes a third of it
MIN_COMPRESSED_BYTES = 1000  # a packet of the network holds about as much
COMPRESSION_LEVEL = 1  # 0.5 ms for 50 runs, 6 % larger than level 9, which takes eight times as long
# Streams have to arrive at once; files of models, zips and images are compressed already.
NOT_COMPRESSED = ("text/event-stream", "application/octet-stream", "application/zip", "image/*")
NOT_BUILT = "The page is not built: run `make setup`. The API is available; its routes are in /api/openapi.json."


# Routes in the order of the API's documentation.
ROUTES = (
    table,
    views,
    runs,
    studies,
    predict,
    artifacts,
    events,
    figures,
    samples,
    mistakes,
    trust,
    evaluations,
    reports,
    comparisons,
    decisions,
    bets,
    labels,
    versions,
    quizzes,
    uploads,
    datasets,
    catalog,
    models,
    specs,
    workers,
)


# The routes themselves: those of an included router FastAPI would analyse a second time, at the first request.
API = [route for module in ROUTES for route in module.router.routes]


def create_app(settings: Settings) -> FastAPI:
    app = DocumentedApp(
        title="Epochboard",
        description=DESCRIPTION,
        version="0.1.0",
        openapi_tags=TAGS,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
        routes=API,
    )
    app.state.board = _board(settings)
    _add_middleware(app, settings)
    add_problem_handlers(app)
    _add_page(app, settings.frontend_dir)
    return app


def _add_middleware(app: FastAPI, settings: Settings) -> None:
    """Adds the layers from the innermost to the outermost: each one that is added surrounds those before it."""
    app.add_middleware(
        GZipMiddleware,
        minimum_size=MIN_COMPRESSED_BYTES,
        compresslevel=COMPRESSION_LEVEL,
        exclude_content_types=NOT_COMPRESSED,
    )
    app.add_middleware(Head)
    page = settings.frontend_dir / "index.html"
    app.add_middleware(Guard, allowed_hosts=settings.allowed_hosts, max_body_bytes=MAX_BODY_BYTES, page=page)


def _board(settings: Settings) -> Board:
    database, wakeups = open_database(settings), Wakeups(settings)
    return Board(
        settings=settings,
        database=database,
        redis_stream=RedisStream(settings.broker_url),
        hub=Hub(database, settings.broker_url),
        wakeups=wakeups,
        helper=HelperClient(settings, wakeups),
    )


@contextlib.asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[dict[str, Callable[[], None]]]:
    limit_arenas()
    os.umask(PRIVATE_UMASK)
    board: Board = app.state.board
    housekeeping = Housekeeping(board.settings, board.database, board.redis_stream, board.wakeups)
    board_watch = BoardWatch(board.hub, board.database, board.settings.lease_seconds)
    async with board.hub.running(), housekeeping.running(), board_watch.running():
        yield {END_STREAMS: board.hub.close}
    board.database.engine.dispose()


def _add_page(app: FastAPI, folder: Path) -> None:
    if not (folder / "index.html").is_file():
        app.add_api_route("/", lambda: {"detail": NOT_BUILT}, include_in_schema=False)
        return
    app.add_api_route("/api/docs", lambda: _docs(folder / "docs.html"), include_in_schema=False)
    app.mount("/assets", Assets(directory=folder / "assets", check_dir=False))
    app.frontend("/", directory=str(folder), fallback="index.html")


def _docs(page: Path) -> FileResponse:
    if not page.is_file():  # while the page is built anew, for example
        raise NotFound(NOT_BUILT)
    return FileResponse(page)
