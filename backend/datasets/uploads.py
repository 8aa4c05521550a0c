"""Uploaded datasets, from the request to the row that a worker prepares, and the files of built-in ones handed over."""

import re
import shutil
import time
import unicodedata
import uuid
from pathlib import Path
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend.datasets.built_in import BUILT_IN, SourceFile, downloads
from backend.datasets.schemas import UploadOptions
from backend.datasets.store import UNFINISHED
from backend.datasets.zip_check import Found
from backend.db.clock import database_time
from backend.db.models import Dataset
from backend.errors import Conflict, FieldError, Invalid
from backend.files import PARTIAL, ReceivedFile, sync_folder
from backend.messaging.rpc import FOLDER as QUESTIONS

FOLDER = "uploads"
NAME = re.compile(r"[^\W_][\w.-]*")
STALE_SECONDS = 3600.0


def checked_name(name: str) -> str:
    """The name as it is stored: NFC.

    Raises:
        Invalid: it has other characters than letters, digits, - _ and ., or is that of a built-in dataset.
    """
    name = unicodedata.normalize("NFC", name)
    if not NAME.fullmatch(name):
        raise _bad_name(
            f"{name!r} is no name for a dataset; letters, digits, -, _ and . make one, a letter or digit first"
        )
    if name.casefold() in BUILT_IN:
        raise _bad_name(f"{name!r} is the name of a built-in dataset; choose another one")
    return name


def check_free(session: Session, name: str) -> None:
    """Refuse a name that another dataset has. One that failed doesn't count: it may be uploaded again.

    Raises:
        Conflict: there is one.
    """
    status = session.scalar(select(Dataset.status).where(Dataset.name == name))
    if status not in (None, "failed"):
        raise _taken(name)


def new_path(data_dir: Path) -> Path:
    return data_dir / FOLDER / f"{uuid.uuid4().hex}{PARTIAL}"


def check_space(data_dir: Path, found: Found, options: UploadOptions) -> None:
    """Refuse what the disk can't hold: the images once as they are read, once in their order.

    Raises:
        Invalid: they need more than is free.
    """
    needed = 2 * found.images * options.image_size**2 * (1 if options.color == "grayscale" else 3)
    free = shutil.disk_usage(data_dir).free
    if needed > free:
        raise Invalid(
            f"{found.images:,} images of {options.image_size} × {options.image_size} pixels need {needed / 1e9:.1f} GB "
            f"while they are prepared, and {free / 1e9:.1f} GB are free; choose a smaller image_size, or make room."
        )


def keep(data_dir: Path, received: ReceivedFile) -> str:
    """Give the file a name that stays; returns it, below the data dir."""
    kept = received.path.with_suffix(".zip")
    received.path.rename(kept)
    sync_folder(kept.parent)
    return kept.relative_to(data_dir).as_posix()


def create(session: Session, name: str, archive: str, options: UploadOptions) -> Dataset:
    """The row of an upload that waits for a worker.

    Raises:
        Conflict: somebody else took the name meanwhile.
    """
    check_free(session, name)
    session.execute(delete(Dataset).where(Dataset.name == name, Dataset.status == "failed"))
    upload: dict[str, Any] = {**options.model_dump(include=set(UploadOptions.model_fields)), "archive": archive}
    row = Dataset(name=name, status="preparing", touched_at=database_time(session), upload=upload)
    session.add(row)
    try:
        session.flush()
    except IntegrityError as error:
        raise _taken(name) from error
    return row


def source_file(name: str, received: ReceivedFile) -> SourceFile:
    """Which file of a built-in dataset it is, by its hash.

    Raises:
        Invalid: none of them.
    """
    wanted = BUILT_IN[name].files if name in BUILT_IN else ()
    for file in wanted:
        if file.sha256 == received.sha256:
            return file
    known = "; ".join(f"{file.name} ({file.sha256})" for file in wanted)
    allowed = f"It is read from {known}." if known else "It is not read from files of yours."
    raise Invalid(
        f"These {received.size:,} bytes are no file of {name!r}: their SHA-256 is {received.sha256}. {allowed}"
    )


def hand_over(data_dir: Path, file: SourceFile, received: ReceivedFile) -> None:
    """Put a file where the workers look for it."""
    folder = downloads(data_dir / "datasets")
    folder.mkdir(parents=True, exist_ok=True)
    received.path.rename(folder / file.name)
    sync_folder(folder)


def sweep(session: Session, data_dir: Path) -> None:
    """Remove what processes that were killed left: what no row names, and nobody wrote to for an hour."""
    waiting = {upload.get("archive") for upload in session.scalars(select(Dataset.upload)) if upload}
    for path in (data_dir / FOLDER).glob("*"):
        if path.relative_to(data_dir).as_posix() not in waiting and _is_stale(path):
            path.unlink(missing_ok=True)
    for path in (data_dir / QUESTIONS).glob("*"):
        if _is_stale(path):
            path.unlink(missing_ok=True)
    for folder in (data_dir / "datasets").glob(f"*{UNFINISHED}"):
        if _is_stale(folder, *folder.glob("*")):
            shutil.rmtree(folder, ignore_errors=True)


def _is_stale(*paths: Path) -> bool:
    try:
        newest = max(path.stat().st_mtime for path in paths)
    except FileNotFoundError:
        return False  # it has just got its name, or was removed
    return time.time() - newest > STALE_SECONDS


def _taken(name: str) -> Conflict:
    return Conflict(f"There is a dataset {name!r} already; choose another name, or delete it first.")


def _bad_name(message: str) -> Invalid:
    return Invalid(f"{message}.", [FieldError(["query", "name"], message)])
