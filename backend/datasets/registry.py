"""The rows of datasets: status, progress and job. Arrays on disk are in `backend.datasets.store`."""

import math
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from backend.datasets.built_in import BUILT_IN
from backend.datasets.schemas import DatasetRead, DatasetState, ImageOptions
from backend.datasets.version_names import base_name, split_name, version_title
from backend.datasets.versions import versions
from backend.db.clock import clock, database_time
from backend.db.models import ACTIVE, Dataset, Run
from backend.errors import Conflict, NotFound

__all__ = ["BUILT_IN", "DatasetRead"]

UNCLAIMED = 0.0  # `touched_at` of a dataset that waits for a job: longer ago than any lease
STARTING = {"text": "Starting", "done": 0, "total": None, "unit": "images"}  # until the job reports what it does


def all_datasets(session: Session) -> list[DatasetRead]:
    """Returns built-in datasets, then the others by name; the versions of each follow it."""
    rows = {row.name: row for row in session.scalars(select(Dataset))}
    known = set(BUILT_IN) | set(rows)
    bases = [*BUILT_IN, *sorted({base_name(name) for name in known} - set(BUILT_IN))]
    names = sorted(known, key=lambda name: (bases.index(base_name(name)), split_name(name)[1] or 1))
    return [dataset_read(name, rows.get(name)) for name in names]


def dataset_states(session: Session) -> list[DatasetState]:
    columns = select(Dataset.name, Dataset.status, Dataset.error, Dataset.progress)
    rows = session.execute(columns.order_by(Dataset.name))
    return [DatasetState.model_validate(row._asdict()) for row in rows]


def dataset_read(name: str, row: Dataset | None) -> DatasetRead:
    """Returns the response for a row; a built-in dataset without a row is `missing`, with its classes and shape."""
    base, number = split_name(name)
    origin = "version" if number else "upload"
    fields: dict[str, Any] = {"origin": origin, "base": base, "version": number or 1, "status": "missing"}
    if name in BUILT_IN:
        known = BUILT_IN[name]
        fields |= {"origin": "built_in", "classes": list(known.classes), "image_shape": list(known.image_shape)}
        fields["download_bytes"] = known.download_bytes
    if row is not None:
        fields |= _fields(row.upload, ImageOptions) | _fields(row.manifest, DatasetRead)
        fields |= {"status": row.status, "error": row.error, "progress": row.progress}
        fields["disk_bytes"] = _disk_bytes(row.manifest, number or 1)
    fields["name"] = name
    return DatasetRead.model_validate(fields)


def _disk_bytes(manifest: dict[str, Any] | None, version: int) -> int | None:
    """Returns the bytes of a dataset's images, and of version 1 those of the zip that is kept for all versions."""
    if not manifest or "counts" not in manifest:
        return None
    images = sum(map(sum, manifest["counts"].values()))
    original = manifest.get("original_bytes") if version == 1 else None
    return int(images * math.prod(manifest["image_shape"]) + (original or 0))


def _fields(stored: dict[str, Any] | None, model: type[BaseModel]) -> dict[str, Any]:
    """Returns the stored values that are fields of the model: a row's `upload` also has options of the same names."""
    return {key: value for key, value in (stored or {}).items() if key in model.model_fields}


def find(session: Session, name: str) -> Dataset | None:
    """Returns the row of a dataset, or None for a built-in dataset that was never prepared.

    Raises:
        NotFound: there is no dataset of that name.
    """
    row = session.get(Dataset, name)
    if row is None and name not in BUILT_IN:
        raise NotFound(f"There is no dataset {name!r}; the datasets are {_names(session)}.")
    return row


def stored_folder(session: Session, data_dir: Path, name: str) -> Path | None:
    """Returns the folder of a dataset's arrays, None where it has none."""
    row = session.get(Dataset, name)
    return data_dir / row.folder if row is not None and row.folder else None


def read_usable(session: Session, name: str, *, lock: bool = False) -> tuple[DatasetRead, str | None]:
    """Returns a dataset, and why no run can use it, or None. `lock` keeps it until the transaction ends."""
    dataset = dataset_read(name, session.get(Dataset, name, with_for_update={"read": True} if lock else None))
    return dataset, why_unusable(session, dataset)


def why_unusable(session: Session, dataset: DatasetRead) -> str | None:
    """Returns why no run can use the dataset, or None. A built-in one is usable: it is fetched when it is missing."""
    if dataset.name in BUILT_IN or dataset.status == "ready":
        return None
    if dataset.status == "missing":
        return f"there is no dataset {dataset.name!r}; the datasets are {_names(session)}"
    if dataset.status == "preparing":
        return f"the dataset {dataset.name!r} is still being prepared; launch the run once it is ready"
    again = "make the version again" if dataset.origin == "version" else "upload it again"
    return f"the dataset {dataset.name!r} is {dataset.status} ({dataset.error}); {again}"


def mark_preparing(session: Session, name: str) -> Dataset:
    """Sets a built-in dataset to `preparing`, for a job to claim. One that is `ready` or `preparing` is left unchanged.

    Raises:
        Conflict: it is an upload that failed, so its zip is gone.
    """
    row = find(session, name)
    if row is not None and split_name(name)[1] and row.status == "failed":
        raise Conflict(f"{version_title(name)} could not be made: {row.error} Delete it, and make it again.")
    if row is not None and name not in BUILT_IN and row.status == "failed":
        raise Conflict(f"Dataset {name!r} was uploaded and could not be read: {row.error} Upload it again.")
    if row is None:
        row = Dataset(name=name, status="missing", touched_at=0.0)
        session.add(row)
    if row.status not in ("ready", "preparing"):
        row.status, row.error, row.touched_at = "preparing", None, UNCLAIMED
    return row


def lock_for_job(session: Session, name: str, archive: str | None) -> Dataset | None:
    """Locks and returns the row that a job prepares from `archive` (None for a built-in dataset).

    Returns None if the dataset was deleted since, even if another upload has its name, or is no longer `preparing`.
    """
    row = session.get(Dataset, name, with_for_update=True, populate_existing=True)
    is_same = row is not None and row.status == "preparing" and (row.upload or {}).get("archive") == archive
    return row if is_same else None


def touch(session: Session, row: Dataset, progress: dict[str, Any] | None) -> None:
    """Records that a dataset's job is alive, and its progress if it changed."""
    row.touched_at = database_time(session)
    row.progress = progress or row.progress


def unclaimed(session: Session, seconds: float) -> list[str]:
    """Returns the datasets that no job has claimed yet, or whose job has not touched them for `seconds`."""
    return list(session.scalars(select(Dataset.name).where(_is_unclaimed(seconds)).order_by(Dataset.name)))


def claim(session: Session, name: str, seconds: float) -> Dataset | None:
    """Claims an unclaimed dataset for a job and returns its row; None if another job has it, or if it is prepared."""
    is_claimable = (Dataset.name == name) & _is_unclaimed(seconds)
    claimed = update(Dataset).where(is_claimable).values(touched_at=clock(), progress=STARTING)
    return session.scalar(claimed.returning(Dataset).execution_options(populate_existing=True))


def _is_unclaimed(seconds: float) -> ColumnElement[bool]:
    return (Dataset.status == "preparing") & (Dataset.touched_at < clock() - seconds)


def register(session: Session, name: str, folder: str, manifest: dict[str, Any]) -> Dataset:
    """Makes a folder on disk the built-in dataset of that name, unless the dataset is ready: that never changes."""
    row = mark_preparing(session, name)
    if row.status != "ready":
        mark_ready(row, folder, manifest)
    session.flush()
    return row


def mark_ready(row: Dataset, folder: str, manifest: dict[str, Any]) -> None:
    row.status, row.error, row.progress = "ready", None, None
    row.folder, row.manifest, row.upload = folder, manifest, _without_archive(row)


def mark_failed(row: Dataset, error: str) -> None:
    row.status, row.error, row.progress = "failed", error, None
    row.upload = _without_archive(row)


def _without_archive(row: Dataset) -> dict[str, Any] | None:
    return {**row.upload, "archive": None} if row.upload else None


def delete(session: Session, name: str) -> Dataset | None:
    """Deletes a dataset's row and returns it, so that the caller can remove its files.

    Raises:
        Conflict: an active run uses the dataset, or it has versions.
    """
    find(session, name)
    row = session.get(Dataset, name, with_for_update=True, populate_existing=True)
    if later := versions(session, name):
        raise Conflict(f"Dataset {name!r} has versions, which are made of it; delete {', '.join(later)} first.")
    run_name = session.scalar(select(Run.name).where(Run.dataset == name, Run.status.in_(ACTIVE)).limit(1))
    if run_name is not None:
        raise Conflict(f"Dataset {name!r} is needed by the run {run_name!r}, which has not ended; delete it then.")
    if row is not None:
        session.delete(row)
    return row


def _names(session: Session) -> str:
    return ", ".join(dataset.name for dataset in all_datasets(session))
