"""Datasets over HTTP: which there are, fetch a built-in one, delete one."""

from fastapi import APIRouter

from backend import artifacts, datasets
from backend.api.deps import BoardDep, SessionDep
from backend.datasets import DatasetRead
from backend.errors import NotBuilt
from backend.schemas import Page

router = APIRouter(prefix="/api/datasets", tags=["datasets"])


@router.get("")
def list_datasets(session: SessionDep) -> Page[DatasetRead]:
    """All datasets, built-in ones first."""
    items = datasets.all_datasets(session)
    return Page(items=items, total=len(items))


@router.post("", summary="Upload (not built yet)", status_code=501, responses={501: {"description": "Not built yet"}})
def upload_dataset() -> None:
    """Uploading images comes with a later version."""
    raise NotBuilt("Uploading a dataset is not built yet; the built-in ones are digits and fashion_mnist.")


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
        folder = datasets.delete(session, name)
    if folder is not None:
        artifacts.remove_folder(board.settings.data_dir, folder)
