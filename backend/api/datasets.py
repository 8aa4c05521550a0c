"""Datasets over HTTP: which there are, fetch a built-in one, delete one."""

from typing import Annotated

from fastapi import APIRouter, Query

from backend import artifacts, datasets
from backend.api.deps import BoardDep, SessionDep
from backend.dataset_schemas import DatasetRead, UploadQuery
from backend.errors import NotBuilt
from backend.schemas import Page

router = APIRouter(prefix="/api/datasets", tags=["datasets"])

ZIP = {"required": True, "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}}}


@router.get("")
def list_datasets(session: SessionDep) -> Page[DatasetRead]:
    """All datasets, built-in ones first."""
    items = datasets.all_datasets(session)
    return Page(items=items, total=len(items))


@router.post("", status_code=202, openapi_extra={"requestBody": ZIP})
def upload_dataset(query: Annotated[UploadQuery, Query()]) -> DatasetRead:
    """Upload a zip of class folders, of train/ and test/ with class folders, or with `labels.csv` (`file,label`)."""
    raise NotBuilt("Uploading a dataset is not built yet.")


@router.get("/{name}")
def read_dataset(name: str, session: SessionDep) -> DatasetRead:
    """One dataset."""
    return datasets.dataset_read(name, datasets.find(session, name))


@router.post("/{name}/prepare", status_code=202)
def prepare_dataset(name: str, board: BoardDep) -> DatasetRead:
    """Fetch a built-in dataset into the store; a ready one is left as it is."""
    with board.database.write() as session:
        shown = datasets.dataset_read(name, datasets.ask(session, name))
    if shown.status == "preparing":
        board.jobs.prepare(name)
    return shown


@router.delete("/{name}", status_code=204)
def delete_dataset(name: str, board: BoardDep) -> None:
    """Delete a dataset that no active run needs, with its images."""
    with board.database.write() as session:
        row = datasets.delete(session, name)
    if row is not None and row.folder is not None:
        artifacts.remove_folder(board.settings.data_dir, row.folder)
