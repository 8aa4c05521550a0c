"""Features of frozen backbones on disk: what they take, and which may be deleted to make room for others.

<dataset>/features/<key>/lock                   held shared by each run that uses them; its time is the last use
<dataset>/features/<key>/<split>.f32, .done     `worker.training.backbones.features`
<dataset>/features/<key>/images_per_second      how fast they were computed
"""

import fcntl
import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np

from backend.spec import BackbonePart, RunSpec

FOLDER, LOCK, SPEED = "features", "lock", "images_per_second"
VARIED = "varied-"
DELETED = "deleted-"  # begins the name of a folder that is being deleted, so that no run finds it half empty
BLOCK_BYTES = 512  # the unit of `st_blocks`


def key_prefix(spec: RunSpec, backbone: BackbonePart) -> str:
    """Returns how keys begin, in any dataset. VARIED comes next in those of varied images, then a hash."""
    return f"{backbone.backbone}-{backbone.options.input_size}-{spec.precision}-"


def use(folder: Path) -> BinaryIO:
    """Creates the folder of a key if there is none, and protects it from deletion until the returned file is closed."""
    while True:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            lock = (folder / LOCK).open("ab")
        except FileNotFoundError:
            continue  # deleted after it was made
        fcntl.flock(lock, fcntl.LOCK_SH)
        if _is_at(lock, folder / LOCK):
            os.utime(lock.fileno())
            return lock
        lock.close()


def delete_unused(folder: Path) -> bool:
    """Deletes the features of a key, unless a run uses them; returns whether they are gone."""
    try:
        lock = (folder / LOCK).open("ab")
    except FileNotFoundError:
        return True  # another process has deleted them
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        if not _is_at(lock, folder / LOCK):
            return not folder.exists()  # another process has deleted them, and a run may compute them anew
        deleted = folder.rename(folder.with_name(f"{DELETED}{uuid.uuid4().hex}"))
        shutil.rmtree(deleted, ignore_errors=True)  # what can't be deleted now is at the next time
        return True


def make_room(datasets: Path, needed: int, limit: int) -> list[Path]:
    """Deletes the features that were not used for longest until `needed` bytes more are within `limit`, or until all
    that are left are in use. Returns the folders of the deleted ones."""
    by_use = sorted(_keys(datasets.glob(f"*/{FOLDER}")), key=_used_at)
    room = limit - needed - sum(map(_disk_bytes, by_use))
    deleted: list[Path] = []
    for folder in by_use:
        if room >= 0:
            break
        freed = _disk_bytes(folder)
        if delete_unused(folder):
            deleted.append(folder)
            room += freed
    return deleted


def delete_all(dataset: Path) -> int:
    """Deletes the features of a dataset that no run uses; returns how many are left."""
    return sum(not delete_unused(folder) for folder in list(_keys([dataset / FOLDER])))


def disk_bytes(dataset: Path) -> int:
    """Returns what the features of a dataset take on disk."""
    return sum(map(_disk_bytes, _keys([dataset / FOLDER])))


def are_kept(dataset: Path, prefix: str, images: int) -> bool:
    """Returns whether the features of at least `images` training images, unvaried, are there."""
    done = (dataset / FOLDER).glob(f"{prefix}*/train.done")
    plain = (path for path in done if not path.parent.name.startswith(prefix + VARIED))
    return any(_rows_done(path) >= images for path in plain)


def measured_speed(datasets: Path, prefix: str) -> float | None:
    """Returns the newest measured speed of a backbone in images a second, on any dataset; None if there is none."""
    paths = sorted(datasets.glob(f"*/{FOLDER}/{prefix}*/{SPEED}"), key=_changed_at)
    try:
        return float(paths[-1].read_text()) if paths else None
    except (OSError, ValueError):
        return None  # it was deleted just now, or a computer that went off left it empty


def _rows_done(path: Path) -> int:
    try:
        return int(np.count_nonzero(np.fromfile(path, np.uint8)))
    except FileNotFoundError:
        return 0


def _keys(folders: "Iterator[Path] | list[Path]") -> Iterator[Path]:
    for folder in folders:
        yield from (path for path in folder.glob("*") if path.is_dir())


def _disk_bytes(folder: Path) -> int:
    """Returns the bytes that are allocated: the files are as long as all rows, whether these are computed or not."""
    return sum(_blocks(path) * BLOCK_BYTES for path in folder.glob("*"))


def _blocks(path: Path) -> int:
    try:
        return path.stat().st_blocks
    except FileNotFoundError:
        return 0  # deleted just now, as all of its folder


def _used_at(folder: Path) -> float:
    """Returns when the features of a key were last used; those without a lock were never."""
    return _changed_at(folder / LOCK) or _changed_at(folder)


def _changed_at(path: Path) -> float:
    """Returns when a file was changed; 0 if it was deleted."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _is_at(file: BinaryIO, path: Path) -> bool:
    """Returns whether an open file is still the one at `path`."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False
