"""The files of a run: which there are, and where below the data dir. Paths are ours; names come from a fixed list.

Some are on disk, with a row that a trainer or an export has written; texts are written when somebody asks for them.
"""

import hashlib
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.errors import NotFound
from backend.exports import NAMES, why_missing
from backend.history import history_csv
from backend.models import Artifact, Run

FIRST = ("best.keras", "final.keras", "last.keras")
TEXTS: dict[str, Callable[[Session, Run], str]] = {"history.csv": lambda session, run: history_csv(session, run.id)}


def downloads(session: Session, run: Run) -> Sequence[Artifact]:
    """What can be downloaded: models (best, final, last, those of each n-th epoch), exports, texts."""
    offered = Artifact.name.endswith(".keras") | Artifact.name.in_(NAMES.values())
    rows = session.scalars(select(Artifact).where(Artifact.run_id == run.id, offered))
    return [*sorted(rows, key=_place), *(_as_row(run, name, text(session, run, name)) for name in _texts(run))]


def find(session: Session, run: Run, name: str) -> Artifact:
    """The row of a file on disk.

    Raises:
        NotFound: the run has no such file (yet), and why.
    """
    have = downloads(session, run)
    for row in have:
        if row.name == name:
            return row
    if reason := why_missing(session, run.id, name):
        raise NotFound(reason)
    names = ", ".join(row.name for row in have) or "no file yet"
    raise NotFound(f"This run has no {name!r}; it has {names}.")


def text(session: Session, run: Run, name: str) -> bytes:
    """One of TEXTS, as it is now."""
    return TEXTS[name](session, run).encode()


def remove_folder(data_dir: Path, *below: str) -> None:
    """Remove a folder that we made below the data dir, with all in it; one that isn't there is fine."""
    shutil.rmtree(data_dir.joinpath(*below), ignore_errors=True)


def _texts(run: Run) -> list[str]:
    return list(TEXTS) if run.epoch else []


def _as_row(run: Run, name: str, content: bytes) -> Artifact:
    digest = hashlib.sha256(content).hexdigest()
    return Artifact(run_id=run.id, name=name, epoch=run.epoch, path="", bytes=len(content), sha256=digest)


def _place(row: Artifact) -> tuple[int, int]:
    if row.name in FIRST:
        return FIRST.index(row.name), 0
    return (len(FIRST), row.epoch) if row.name.endswith(".keras") else (len(FIRST) + 1, 0)
