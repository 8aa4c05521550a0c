"""A run's files over HTTP."""

from fastapi import APIRouter
from fastapi.responses import FileResponse

from backend import artifacts
from backend.api.deps import BoardDep, RunDep, SessionDep
from backend.schemas import ArtifactRead, Items

router = APIRouter(prefix="/api/runs/{run_id}/artifacts", tags=["artifacts"])


@router.get("")
def list_artifacts(run: RunDep, session: SessionDep) -> Items[ArtifactRead]:
    """The files that can be downloaded now."""
    rows = artifacts.downloads(session, run.id)
    return Items(items=[ArtifactRead.model_validate(row, from_attributes=True) for row in rows])


@router.get("/{name}", response_class=FileResponse)
def download_artifact(run: RunDep, name: str, session: SessionDep, board: BoardDep) -> FileResponse:
    """One file. Its ETag is the sha256 that the database holds."""
    row = artifacts.find(session, run.id, name)
    headers = {"ETag": f'"{row.sha256}"', "Cache-Control": "no-cache"}
    path = board.settings.data_dir / row.path
    return FileResponse(path, filename=row.name, media_type="application/octet-stream", headers=headers)
