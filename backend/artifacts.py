"""The files of a run: which there are, and where below the data dir. Paths are ours; names come from a fixed list."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.errors import NotFound
from backend.models import Artifact

FIRST = ("best.keras", "final.keras", "last.keras")


def downloads(session: Session, run_id: str) -> Sequence[Artifact]:
    """What can be downloaded of a run, its models: best, final and last, then those kept of each n-th epoch."""
    rows = session.scalars(select(Artifact).where(Artifact.run_id == run_id, Artifact.name.endswith(".keras")))
    return sorted(rows, key=lambda row: (FIRST.index(row.name) if row.name in FIRST else len(FIRST), row.epoch))


def find(session: Session, run_id: str, name: str) -> Artifact:
    """One file's row.

    Raises:
        NotFound: the run has no such file (yet).
    """
    have = downloads(session, run_id)
    for row in have:
        if row.name == name:
            return row
    names = ", ".join(row.name for row in have) or "no file yet"
    raise NotFound(f"This run has no {name!r}; it has {names}.")


def remove_folder(data_dir: Path, *below: str) -> None:
    """Remove a folder that we made below the data dir, with all in it; one that isn't there is fine."""
    shutil.rmtree(data_dir.joinpath(*below), ignore_errors=True)
