"""Removes files that no row names: what killed processes, failed commits and races between requests left behind."""

import logging
import shutil
import time
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.artifacts.exports import FILE_NAMES
from backend.datasets.folder import UNFINISHED_SUFFIX
from backend.db.engine import Database
from backend.db.models import Artifact, Dataset, Evaluation, Export, Run
from backend.evaluations.jobs import folder_name
from backend.files import try_lock
from backend.messaging.rpc import REQUEST_FILES
from backend.uploads.look import kept
from backend.uploads.new_dataset import FOLDER as UPLOADS

log = logging.getLogger(__name__)

STALE_SECONDS = 3600.0  # without a change; every process writes more often, and commits sooner after its last write
LOCK = "sweeper.lock"
TRASH = "trash"
TRASH_SECONDS = 7 * 24 * 3600.0  # time to notice that the board was started with the wrong database
HEX_32 = "[0-9a-f]" * 32  # names of dataset folders; beside them are locks and downloads


def remove_orphans(database: Database, data_dir: Path) -> None:
    """Deletes temporary files, exports and evaluations without a row, and moves such runs and datasets to the trash.

    Kept zips that became no dataset go after a day. The files are listed before the rows are read, so that a file
    whose row has just been committed is named.
    """
    with try_lock(data_dir / LOCK) as is_locked:
        if is_locked:  # else another process of the service is at it
            _remove_orphans(database, data_dir)


def _remove_orphans(database: Database, data_dir: Path) -> None:
    temporary = [*_glob(data_dir, f"{UPLOADS}/*", f"{REQUEST_FILES}/*", f"datasets/*{UNFINISHED_SUFFIX}")]
    made = _glob(data_dir, "runs/*/exports/*", "runs/*/evaluations/*")
    folders = _glob(data_dir, "runs/*", f"datasets/{HEX_32}")
    with database.read() as session:
        named = {*_archives(session), *_folders(session, folders), *_exports(session), *_evaluations(session)}
    kept.remove_expired(data_dir)
    for path in {*temporary, *made} - named:
        if _is_stale(data_dir / path):
            _delete(data_dir / path)
    for path in set(folders) - named:
        if _is_stale(data_dir / path):
            _move_to_trash(data_dir, path)
    for entry in (data_dir / TRASH).glob("*"):
        if time.time() - entry.stat().st_ctime > TRASH_SECONDS:  # ctime: when it was moved there
            _delete(entry)


def _glob(data_dir: Path, *patterns: str) -> list[str]:
    return [path.relative_to(data_dir).as_posix() for pattern in patterns for path in data_dir.glob(pattern)]


def _archives(session: Session) -> Iterable[str]:
    return (upload["archive"] for upload in session.scalars(select(Dataset.upload)) if upload and upload.get("archive"))


def _folders(session: Session, existing: list[str]) -> Iterable[str]:
    """Returns the folders of runs and datasets; all of `existing` while a job may still name its new dataset folder."""
    datasets = session.execute(select(Dataset.folder, Dataset.status)).all()
    if any(status == "preparing" for _, status in datasets):
        return existing
    runs = (f"runs/{run_id}" for run_id in session.scalars(select(Run.id)))
    return {*(folder for folder, _ in datasets if folder), *runs}


def _exports(session: Session) -> Iterable[str]:
    """Returns the folders of exports that a job makes, or that have a downloadable file."""
    claims = session.execute(select(Export.run_id, Export.claim).where(Export.status == "making"))
    files = session.scalars(select(Artifact.path).where(Artifact.name.in_(FILE_NAMES.values())))
    return {*(f"runs/{run}/exports/{claim}" for run, claim in claims), *(str(PurePosixPath(f).parent) for f in files)}


def _evaluations(session: Session) -> Iterable[str]:
    """Returns the folders of evaluations that a job computes, or that are ready."""
    return map(folder_name, session.scalars(select(Evaluation).where(Evaluation.status.in_(("making", "ready")))))


def _is_stale(path: Path) -> bool:
    try:
        newest = max(entry.stat().st_mtime for entry in (path, *path.rglob("*")))
    except FileNotFoundError:
        return False  # it was renamed or removed in the meantime
    return time.time() - newest > STALE_SECONDS


def _delete(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _move_to_trash(data_dir: Path, path: str) -> None:
    target = data_dir / TRASH / path.replace("/", "-")
    log.warning("%s belongs to no run or dataset; it is moved to %s and deleted there in a week", path, target)
    target.parent.mkdir(exist_ok=True)
    _delete(target)
    shutil.move(data_dir / path, target)  # which copies where `runs` is a file system of its own
