"""Makes an uploaded zip the row of a new dataset, which a worker fills."""

import re
import shutil
import unicodedata
import uuid
from pathlib import Path
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend.datasets.built_in import BUILT_IN
from backend.datasets.registry import UNCLAIMED
from backend.datasets.schemas import UploadOptions
from backend.db.models import Dataset
from backend.errors import Conflict, FieldError, Invalid
from backend.files import PARTIAL_SUFFIX, sync_folder

FOLDER = "uploads"
NAME = re.compile(r"[^\W_][\w.-]*")


def validated_name(name: str | None) -> str:
    """Returns the name in Unicode NFC, as it is stored.

    Raises:
        Invalid: it is missing, has other characters than letters, digits, - _ and ., or is that of a built-in dataset.
    """
    if name is None:
        raise _bad_name("The name of the new dataset is missing; add ?name=…")
    name = unicodedata.normalize("NFC", name)
    if not NAME.fullmatch(name):
        raise _bad_name(
            f"{name!r} is not a valid dataset name; use letters, digits, -, _ and ., beginning with a letter or digit"
        )
    if name.casefold() in BUILT_IN:
        raise _bad_name(f"{name!r} is the name of a built-in dataset; choose another one")
    return name


def check_name_is_free(session: Session, name: str) -> None:
    """Raises Conflict if a dataset has this name, unless it failed: then it may be uploaded again."""
    status = session.scalar(select(Dataset.status).where(Dataset.name == name))
    if status not in (None, "failed"):
        raise _name_taken(name)


def new_upload_path(data_dir: Path) -> Path:
    return data_dir / FOLDER / f"{uuid.uuid4().hex}{PARTIAL_SUFFIX}"


def check_disk_space(data_dir: Path, images: int, options: UploadOptions) -> None:
    """Raises Invalid if the decoded images do not fit on the disk twice: in the order read, and in stored order."""
    needed = 2 * images * options.image_size**2 * (1 if options.color == "grayscale" else 3)
    free = shutil.disk_usage(data_dir).free
    if needed > free:
        raise Invalid(
            f"{images:,} images of {options.image_size} × {options.image_size} pixels need "
            f"{needed / 1e9:.1f} GB while they are prepared, and {free / 1e9:.1f} GB are free; choose a smaller "
            "image_size or free some disk space."
        )


def keep_archive(data_dir: Path, received: Path) -> str:
    """Renames a received zip to its permanent name; returns that as a path relative to the data directory.

    Raises:
        Conflict: another request has taken or deleted the zip.
    """
    archive = data_dir / FOLDER / f"{uuid.uuid4().hex}.zip"
    archive.parent.mkdir(exist_ok=True)
    try:
        received.rename(archive)
    except FileNotFoundError:
        raise Conflict("Another request has used or deleted this upload; send the zip again.") from None
    try:
        sync_folder(archive.parent)
    except OSError:
        archive.rename(received)
        raise
    return archive.relative_to(data_dir).as_posix()


def create(session: Session, name: str, archive: str, options: UploadOptions) -> Dataset:
    """Creates the row of an upload, `preparing`; replaces the row of a failed upload of that name.

    Raises:
        Conflict: another request took the name.
    """
    check_name_is_free(session, name)
    session.execute(delete(Dataset).where(Dataset.name == name, Dataset.status == "failed"))
    upload: dict[str, Any] = {**options.model_dump(include=set(UploadOptions.model_fields)), "archive": archive}
    row = Dataset(name=name, status="preparing", touched_at=UNCLAIMED, upload=upload)
    session.add(row)
    try:
        session.flush()
    except IntegrityError as error:
        raise _name_taken(name) from error
    return row


def _name_taken(name: str) -> Conflict:
    return Conflict(f"There is a dataset {name!r} already; choose another name, or delete it first.")


def _bad_name(message: str) -> Invalid:
    return Invalid(f"{message}.", [FieldError(["query", "name"], message)])
