"""Which datasets there are and how each stands. The images themselves are in `backend.datasets.store`."""

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend.datasets.built_in import BUILT_IN
from backend.datasets.schemas import DatasetRead
from backend.db.clock import clock, database_time
from backend.db.models import ACTIVE, Dataset, Run
from backend.errors import Conflict, FieldError, Invalid, NotFound

__all__ = ["BUILT_IN", "DatasetRead"]

SILENT_SECONDS = 30.0


def all_datasets(session: Session) -> list[DatasetRead]:
    rows = {row.name: row for row in session.scalars(select(Dataset))}
    names = [*BUILT_IN, *sorted(set(rows) - set(BUILT_IN))]
    return [dataset_read(name, rows.get(name)) for name in names]


def dataset_read(name: str, row: Dataset | None) -> DatasetRead:
    """A row, or the lack of it, as the contract shows it; a built-in one has its classes and shape without a row."""
    shown: dict[str, Any] = {"name": name, "origin": "upload", "status": "missing"}
    if name in BUILT_IN:
        known = BUILT_IN[name]
        shown |= {"origin": "built_in", "classes": list(known.classes), "image_shape": list(known.image_shape)}
    if row is not None:
        shown |= _told(row.upload) | _told(row.manifest)
        shown |= {"name": name, "status": row.status, "error": row.error, "progress": row.progress}
    return DatasetRead.model_validate(shown)


def _told(stored: dict[str, Any] | None) -> dict[str, Any]:
    return {key: value for key, value in (stored or {}).items() if key in DatasetRead.model_fields}


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
    """Refuse a spec whose dataset doesn't exist, or is an upload that isn't ready.

    The row is held until the transaction ends, so that nobody deletes it meanwhile.
    """
    if name in BUILT_IN:
        return
    row = session.get(Dataset, name, with_for_update={"read": True})
    if reason := why_unusable(session, dataset_read(name, row)):
        raise _not_usable(reason)


def why_unusable(session: Session, dataset: DatasetRead) -> str | None:
    """Why no run can have the dataset; a built-in one that isn't there yet is fetched."""
    if dataset.name in BUILT_IN or dataset.status == "ready":
        return None
    if dataset.status == "missing":
        return f"there is no dataset {dataset.name!r}; the datasets are {_names(session)}"
    if dataset.status == "preparing":
        return f"the dataset {dataset.name!r} is still being prepared; launch the run once it is ready"
    return f"the dataset {dataset.name!r} is {dataset.status} ({dataset.error}); upload it again"


def ask(session: Session, name: str) -> Dataset:
    """Mark a built-in dataset as being prepared, for a job that is woken next; a ready one stays as it is.

    Raises:
        Conflict: it is an upload that failed, so there is nothing to prepare it from.
    """
    row = find(session, name)
    if row is not None and name not in BUILT_IN and row.status == "failed":
        raise Conflict(f"Dataset {name!r} was uploaded and could not be read: {row.error} Upload it again.")
    if row is None:
        row = Dataset(name=name, status="missing", touched_at=0.0)
        session.add(row)
    if row.status != "ready":
        row.status, row.error = "preparing", None
        row.touched_at = database_time(session)
    return row


def hold(session: Session, name: str, archive: str | None) -> Dataset | None:
    """The row that a job prepares from `archive` (None for a built-in one), locked; None where it lost it.

    Somebody deleted it then, and perhaps uploaded another one of that name.
    """
    row = session.get(Dataset, name, with_for_update=True, populate_existing=True)
    held = row is not None and row.status == "preparing" and (row.upload or {}).get("archive") == archive
    return row if held else None


def touch(session: Session, row: Dataset, progress: dict[str, Any] | None) -> None:
    """A sign of life of the job that prepares a dataset, with how far it is where that is news."""
    row.touched_at = database_time(session)
    row.progress = progress or row.progress


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
    """Make a folder on disk the built-in dataset of that name. The first one stays: what is ready never changes."""
    row = ask(session, name)
    if row.status != "ready":
        finish(row, folder, manifest)
    session.flush()
    return row


def finish(row: Dataset, folder: str, manifest: dict[str, Any]) -> None:
    row.status, row.error, row.progress = "ready", None, None
    row.folder, row.manifest, row.upload = folder, manifest, _without_archive(row)


def fail(row: Dataset, error: str) -> None:
    row.status, row.error, row.progress = "failed", error, None
    row.upload = _without_archive(row)


def _without_archive(row: Dataset) -> dict[str, Any] | None:
    return {**row.upload, "archive": None} if row.upload else None


def delete(session: Session, name: str) -> Dataset | None:
    """Forget a dataset; returns what its row was, for whoever removes the files.

    Raises:
        Conflict: an active run needs it.
    """
    find(session, name)
    row = session.get(Dataset, name, with_for_update=True, populate_existing=True)
    needed = session.scalar(select(Run.name).where(Run.dataset == name, Run.status.in_(ACTIVE)).limit(1))
    if needed is not None:
        raise Conflict(f"Dataset {name!r} is needed by the run {needed!r}, which has not ended; delete it after that.")
    if row is not None:
        session.delete(row)
    return row


def _not_usable(message: str) -> Invalid:
    return Invalid(f"{message[0].upper()}{message[1:]}.", [FieldError(["spec", "dataset", "name"], message)])


def _names(session: Session) -> str:
    return ", ".join(dataset.name for dataset in all_datasets(session))
