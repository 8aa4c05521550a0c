"""Which datasets there are and how each stands. The images themselves are in `backend.store`."""

from typing import Any, Literal

from pydantic import BaseModel
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend.db import database_time
from backend.errors import Conflict, FieldError, Invalid, NotFound
from backend.models import ACTIVE, Dataset, Run, clock

BUILT_IN = ("digits", "fashion_mnist")
SILENT_SECONDS = 30.0

DatasetStatus = Literal["missing", "preparing", "ready", "failed"]


class DatasetRead(BaseModel):
    """`counts` is the number of images by split and class, in the order of `classes`."""

    name: str
    status: DatasetStatus
    error: str | None = None
    classes: list[str] | None = None
    image_shape: list[int] | None = None
    counts: dict[str, list[int]] | None = None
    content_hash: str | None = None


def all_datasets(session: Session) -> list[DatasetRead]:
    rows = {row.name: row for row in session.scalars(select(Dataset))}
    names = [*BUILT_IN, *sorted(set(rows) - set(BUILT_IN))]
    return [dataset_read(name, rows.get(name)) for name in names]


def dataset_read(name: str, row: Dataset | None) -> DatasetRead:
    if row is None:
        return DatasetRead(name=name, status="missing")
    shown = {key: value for key, value in (row.manifest or {}).items() if key in DatasetRead.model_fields}
    return DatasetRead.model_validate({**shown, "name": name, "status": row.status, "error": row.error})


def find(session: Session, name: str) -> Dataset | None:
    """The row of a dataset, None for a built-in one that nobody prepared yet.

    Raises:
        NotFound: there is no dataset of that name.
    """
    row = session.get(Dataset, name)
    if row is None and name not in BUILT_IN:
        raise NotFound(f"There is no dataset {name!r}; the datasets are {_names(session)}.")
    return row


def check_known(session: Session, name: str) -> None:
    """Refuse a spec whose dataset doesn't exist."""
    if name not in BUILT_IN and session.get(Dataset, name) is None:
        message = f"there is no dataset {name!r}; the datasets are {_names(session)}"
        raise Invalid(f"T{message[1:]}.", [FieldError(["spec", "dataset", "name"], message)])


def ask(session: Session, name: str) -> Dataset:
    """Mark a dataset as being prepared, for a job that is woken next; a ready one stays as it is."""
    row = find(session, name)
    if row is None:
        row = Dataset(name=name, status="missing", error=None, folder=None, manifest=None, touched_at=0.0)
        session.add(row)
    if row.status != "ready":
        row.status, row.error = "preparing", None
        row.touched_at = database_time(session)
    return row


def touch(session: Session, name: str) -> None:
    """A sign of life of the job that prepares a dataset."""
    session.execute(update(Dataset).where(Dataset.name == name).values(touched_at=clock()))


def silent(session: Session) -> list[str]:
    """Datasets whose job gave no sign for a while: it is woken again."""
    asked = (
        update(Dataset)
        .where(Dataset.status == "preparing", Dataset.touched_at < clock() - SILENT_SECONDS)
        .values(touched_at=clock())
        .returning(Dataset.name)
    )
    return list(session.scalars(asked))


def register(session: Session, name: str, folder: str, manifest: dict[str, Any]) -> Dataset:
    """Make a folder on disk the dataset of that name. The first one stays: what is ready is never exchanged."""
    row = ask(session, name)
    if row.status != "ready":
        row.status, row.error, row.folder, row.manifest = "ready", None, folder, manifest
    session.flush()
    return row


def fail(session: Session, name: str, error: str) -> None:
    row = ask(session, name)
    if row.status != "ready":
        row.status, row.error = "failed", error


def delete(session: Session, name: str) -> str | None:
    """Forget a dataset; returns its folder, for whoever removes the files.

    Raises:
        Conflict: an active run needs it.
    """
    row = find(session, name)
    needed = session.scalar(select(Run.name).where(Run.dataset == name, Run.status.in_(ACTIVE)).limit(1))
    if needed is not None:
        raise Conflict(f"Dataset {name!r} is needed by the run {needed!r}, which has not ended; delete it after that.")
    if row is None:
        return None
    session.delete(row)
    return row.folder


def _names(session: Session) -> str:
    return ", ".join(dataset.name for dataset in all_datasets(session))
