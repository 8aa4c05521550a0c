"""A run's files over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Header, Response
from fastapi.responses import FileResponse

from backend.api.deps import BoardDep, RunDep, SessionDep
from backend.api.lists import Items
from backend.artifacts.downloads import find_download, list_downloads
from backend.artifacts.schemas import ArtifactRead

router = APIRouter(prefix="/api/runs/{run_id}/artifacts", tags=["artifacts"])

CONTENT = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
MEDIA_TYPES = {"history.csv": "text/csv", "train.py": "text/x-python"}


@router.get("")
def list_artifacts(run: RunDep, session: SessionDep) -> Items[ArtifactRead]:
    """The files that can be downloaded now."""
    rows = list_downloads(session, run)
    return Items(items=[ArtifactRead.model_validate(row, from_attributes=True) for row in rows])


@router.get(
    "/{name}", response_class=Response, responses={200: {"content": CONTENT}, 304: {"description": "Not changed"}}
)
def download_artifact(
    run: RunDep,
    name: str,
    session: SessionDep,
    board: BoardDep,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """One file. Its ETag is its sha256, for a file on disk as the database holds it."""
    row, text = find_download(session, run, name)
    etag = f'"{row.sha256}"'
    headers = {"ETag": etag, "Cache-Control": "no-cache"}
    if if_none_match is not None and etag in if_none_match:
        return Response(status_code=304, headers=headers)
    media_type = MEDIA_TYPES.get(name, "application/octet-stream")
    if text is not None:
        headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return Response(text, media_type=media_type, headers=headers)
    return FileResponse(board.settings.data_dir / row.path, filename=name, media_type=media_type, headers=headers)
