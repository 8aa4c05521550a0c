"""Routes of a run's files, and of the exports that are made from its best model."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Header, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import FileResponse
from starlette.types import Receive, Scope, Send

from backend.api.deps import Board, BoardDep, RunDep, SessionDep
from backend.api.lists import Items
from backend.artifacts import exports
from backend.artifacts.downloads import find_download, list_downloads
from backend.artifacts.schemas import ArtifactRead, ExportRead
from backend.runs.read import get_run

router = APIRouter(prefix="/api/runs/{run_id}", tags=["artifacts"])

CONTENT = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
MEDIA_TYPES = {"history.csv": "text/csv", "train.py": "text/x-python"}


@router.get("/artifacts")
def list_artifacts(run: RunDep, session: SessionDep) -> Items[ArtifactRead]:
    """Lists the files that can be downloaded now."""
    rows = list_downloads(session, run)
    return Items(items=[ArtifactRead.model_validate(row, from_attributes=True) for row in rows])


@router.get(
    "/artifacts/{name}",
    response_class=Response,
    responses={200: {"content": CONTENT}, 304: {"description": "Not changed"}},
)
def download_artifact(
    run: RunDep,
    name: str,
    session: SessionDep,
    board: BoardDep,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """Returns a file. Its ETag is its SHA-256, for a file on disk the one in the database."""
    row, text = find_download(session, run, name)
    etag = f'"{row.sha256}"'
    headers = {"ETag": etag, "Cache-Control": "no-cache"}
    if if_none_match is not None and etag in if_none_match:
        return Response(status_code=304, headers=headers)
    media_type = MEDIA_TYPES.get(name, "application/octet-stream")
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
            await super().__call__(scope, receive, send)
        except RuntimeError:  # Starlette's for a file that does not exist; nothing was sent
            if Path(self.path).exists():
                raise
            newer = await run_in_threadpool(self._find_again)
            if isinstance(newer, StoredFile) and newer.path == self.path:
                raise
            await newer(scope, receive, send)


def _find_again(board: Board, run_id: str, name: str) -> Response:
    with board.database.read() as session:
        return download_artifact(get_run(session, run_id), name, session, board)


@router.get("/exports")
def list_exports(run: RunDep, session: SessionDep) -> Items[ExportRead]:
    """Lists the status of each kind of export; the files themselves are artifacts."""
    return Items(items=exports.all_exports(session, run.id))


@router.post("/exports/{kind}", status_code=202)
def make_export(run_id: str, kind: exports.Kind, board: BoardDep) -> ExportRead:
    """Requests an export of the best model: a bundle, a SavedModel, a TFLite or an ONNX file."""
    with board.database.write() as session:
        exports.request_export(session, get_run(session, run_id, lock=True), kind)
        session.flush()
        result = next(export for export in exports.all_exports(session, run_id) if export.kind == kind)
    board.wakeups.export(run_id, kind)
    return result
