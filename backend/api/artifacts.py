"""Routes of a run's files, and of the exports that are made from its best model."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

from fastapi import BackgroundTasks, Header, Response
from fastapi import Path as PathParameter
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import FileResponse
from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope, Send

from backend.api.deps import Board, BoardDep, RunDep, RunId, SessionDep
from backend.api.http.limits import WriteSlot
from backend.api.http.lists import Items
from backend.api.http.openapi import problems
from backend.api.http.problems import problem_response
from backend.api.http.router import Router
from backend.artifacts import exports
from backend.artifacts.downloads import find_download, lacks_history, list_downloads, store_history
from backend.artifacts.schemas import ArtifactRead, ExportRead
from backend.artifacts.schemas import Kind as ExportKind
from backend.runs.read import get_run

router = Router(prefix="/api/runs/{run_id}", tags=["artifacts"])

BINARY = "application/octet-stream"
MEDIA_TYPES = {"history.csv": "text/csv", "train.py": "text/x-python"}
CONTENT: dict[str, Any] = {
    BINARY: {"schema": {"type": "string", "format": "binary"}},
    **{media_type: {"schema": {"type": "string"}} for media_type in MEDIA_TYPES.values()},
}
FILE = {"description": "The file; `history.csv` and `train.py` have their own media types", "content": CONTENT}
PART: dict[str, Any] = {
    "description": "The part that `Range` names",
    "content": {BINARY: CONTENT[BINARY], "multipart/byteranges": CONTENT[BINARY]},
}
RANGE_DETAIL = (
    "The Range header must be like bytes=0-999, with a start inside the file; leave it out to get the whole file."
)
Name = Annotated[str, PathParameter(description="`best.keras`, `final.keras`, `last.keras`, `history.csv`, …")]
Kind = Annotated[ExportKind, PathParameter(description="format of the export")]


@router.get("/artifacts", summary="List a run's files")
def list_artifacts(
    run: RunDep, session: SessionDep, board: BoardDep, background: BackgroundTasks
) -> Items[ArtifactRead]:
    """Lists the files that can be downloaded now, with size, SHA-256 and the epoch that each is of."""
    if lacks_history(session, run):
        background.add_task(store_history, board.database, run.id)
    rows = list_downloads(session, run)
    return Items(items=[ArtifactRead.model_validate(row, from_attributes=True) for row in rows])


@router.get(
    "/artifacts/{name}",
    summary="Download a file",
    response_class=Response,
    responses={
        200: FILE,
        206: PART,
        304: {"description": "Not changed since the version of `If-None-Match`"},
        **problems(400, 416),
    },
)
def download_artifact(
    run: RunDep,
    name: Name,
    session: SessionDep,
    board: BoardDep,
    if_none_match: Annotated[str | None, Header(description="`ETag` of the version that you have")] = None,
) -> Response:
    """Returns a file of a run. Its `ETag` is its SHA-256. A file that is not there yet is 404 with the reason."""
    row, text = find_download(session, run, name)
    etag = f'"{row.sha256}"'
    headers = {"ETag": etag, "Cache-Control": "no-cache"}
    if if_none_match is not None and etag in if_none_match:
        return Response(status_code=304, headers=headers)
    media_type = MEDIA_TYPES.get(name, BINARY)
    if text is not None:
        headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return Response(text, media_type=media_type, headers=headers)
    path, run_id = board.settings.data_dir / row.path, run.id  # the session is closed when the lambda is called
    return StoredFile(path, name, media_type, headers, lambda: _find_again(board, run_id, name))


class StoredFile(FileResponse):
    """Sends a file; if it was replaced and deleted since its row was read, sends the one that replaced it."""

    def __init__(
        self, path: Path, name: str, media_type: str, headers: dict[str, str], find_again: Callable[[], Response]
    ) -> None:
        super().__init__(path, filename=name, media_type=media_type, headers=headers)
        self._find_again = find_again

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, _with_range_problems(scope, receive, send))
        except RuntimeError:  # Starlette's for a file that does not exist; nothing was sent
            if Path(self.path).exists():
                raise
            newer = await run_in_threadpool(self._find_again)
            if isinstance(newer, StoredFile) and newer.path == self.path:
                raise
            await newer(scope, receive, send)


def _with_range_problems(scope: Scope, receive: Receive, send: Send) -> Send:
    """Wraps `send` to respond with a problem document where Starlette refuses a Range header in plain text."""
    is_refused = False

    async def with_range_problems(message: Message) -> None:
        nonlocal is_refused
        if message["type"] == "http.response.start" and message["status"] in (400, 416):
            is_refused = True
            size = {key: value for key, value in Headers(raw=message["headers"]).items() if key == "content-range"}
            problem = problem_response(message["status"], "Range refused", RANGE_DETAIL, headers=size)
            await problem(scope, receive, send)
        elif not is_refused:
            await send(message)

    return with_range_problems


def _find_again(board: Board, run_id: str, name: str) -> Response:
    with board.database.read() as session:
        return download_artifact(get_run(session, run_id), name, session, board)


@router.get("/exports", summary="List a run's exports")
def list_exports(run: RunDep, session: SessionDep) -> Items[ExportRead]:
    """Lists the status of each format, also of those that were never requested; the files are artifacts."""
    return Items(items=exports.all_exports(session, run.id))


@router.post(
    "/exports/{kind}",
    status_code=202,
    dependencies=[WriteSlot],
    summary="Export the best model",
    responses=problems(409),
)
def make_export(run_id: RunId, kind: Kind, board: BoardDep) -> ExportRead:
    """Requests a file of the best model: a bundle, a page for the browser, a SavedModel, an ONNX or TFLite file.

    It is an artifact once a fresh process has predicted the stored probabilities with it; those in float16 and int8,
    which answer otherwise, once their accuracy was measured on the validation images. A run without a best model
    answers 409; for float16 and int8 also one whose dataset was deleted.
    """
    with board.database.write() as session:
        exports.request_export(session, get_run(session, run_id, lock=True), kind)
        session.flush()
        result = next(export for export in exports.all_exports(session, run_id) if export.kind == kind)
    board.wakeups.export(run_id, kind)
    return result
