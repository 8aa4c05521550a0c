"""Zips that are looked at before they become datasets: kept for a day, under ids, in a folder of their own."""

import re
import time
import uuid
from pathlib import Path

from backend.errors import NotFound
from backend.files import sync_folder

FOLDER = "looks"
KEEP_SECONDS = 24 * 3600.0
MAX_KEPT = 20  # the oldest goes when one more comes
ID = re.compile("[0-9a-f]{32}")


def keep(data_dir: Path, received: Path) -> str:
    """Renames a received zip to the name that it keeps, and returns its id."""
    upload_id = uuid.uuid4().hex
    path = _path(data_dir, upload_id)
    path.parent.mkdir(exist_ok=True)
    received.rename(path)
    sync_folder(path.parent)
    for old in _newest_first(data_dir)[MAX_KEPT:]:
        old.unlink(missing_ok=True)
    return upload_id


def find(data_dir: Path, upload_id: str) -> Path:
    """Raises NotFound if no zip is kept under this id."""
    if ID.fullmatch(upload_id) and not is_expired(path := _path(data_dir, upload_id)):
        return path
    raise NotFound(
        f"No upload is kept under {upload_id!r}. One is kept for {KEEP_SECONDS / 3600:.0f} hours, and the newest "
        f"{MAX_KEPT} of all; send the zip again."
    )


def remove(data_dir: Path, upload_id: str) -> None:
    find(data_dir, upload_id).unlink(missing_ok=True)


def remove_expired(data_dir: Path) -> None:
    for path in (data_dir / FOLDER).glob("*"):
        if is_expired(path):
            path.unlink(missing_ok=True)


def is_expired(path: Path) -> bool:
    """True where there is no such file, too."""
    try:
        return time.time() - path.stat().st_mtime > KEEP_SECONDS
    except FileNotFoundError:
        return True


def _path(data_dir: Path, upload_id: str) -> Path:
    return data_dir / FOLDER / f"{upload_id}.zip"


def _newest_first(data_dir: Path) -> list[Path]:
    return sorted((data_dir / FOLDER).glob("*"), key=_received_at, reverse=True)


def _received_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0.0  # it was removed in the meantime
