"""The files of a run: which there are, and where below the data dir. Paths are ours; names come from a fixed list.

Some are on disk, with a row that a trainer or an export has written; texts are written when somebody asks for them.
"""

import hashlib
from collections.abc import Callable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.artifacts.exports import NAMES, why_missing
from backend.db.models import Artifact, Run
from backend.errors import NotFound
from backend.planning.initial_weights import INITIAL
from backend.runs.history import history_csv
from backend.script import train_py

OFFERED = Artifact.name.endswith(".keras") | Artifact.name.in_(NAMES.values())
FIRST = ("best.keras", "final.keras", "last.keras", INITIAL)


def _history(session: Session, run: Run) -> str | None:
    return history_csv(session, run.id) if run.epoch else None


TEXTS: dict[str, Callable[[Session, Run], str | None]] = {"history.csv": _history, "train.py": train_py}
"""What writes each, or says None while there is none."""


def list_downloads(session: Session, run: Run) -> Sequence[Artifact]:
    """What can be downloaded: models (best, final, last, those of each n-th epoch), exports, texts."""
    rows = session.scalars(select(Artifact).where(Artifact.run_id == run.id, OFFERED))
    texts = [(name, text(session, run, name)) for name in TEXTS]
    return [*sorted(rows, key=_place), *(_as_row(run, name, made) for name, made in texts if made is not None)]


def find_download(session: Session, run: Run, name: str) -> tuple[Artifact, bytes | None]:
    """One file's row, and what is in it where it is a text. No text is written for a file on disk.

    Raises:
        NotFound: the run has no such file (yet), and why.
    """
    if name in TEXTS:
        made = text(session, run, name)
        row = None if made is None else _as_row(run, name, made)
    else:
        made = None
        row = session.scalar(select(Artifact).where(Artifact.run_id == run.id, Artifact.name == name, OFFERED))
    if row is not None:
        return row, made
    if reason := why_missing(session, run.id, name):
        raise NotFound(reason)
    names = ", ".join(one.name for one in list_downloads(session, run)) or "no file yet"
    raise NotFound(f"This run has no {name!r}; it has {names}.")


def text(session: Session, run: Run, name: str) -> bytes | None:
    """One of TEXTS, as it is now."""
    made = TEXTS[name](session, run)
    return None if made is None else made.encode()


def _as_row(run: Run, name: str, content: bytes) -> Artifact:
    digest = hashlib.sha256(content).hexdigest()
    return Artifact(run_id=run.id, name=name, epoch=run.epoch, path="", bytes=len(content), sha256=digest)


def _place(row: Artifact) -> tuple[int, int]:
    if row.name in FIRST:
        return FIRST.index(row.name), 0
    return (len(FIRST), row.epoch) if row.name.endswith(".keras") else (len(FIRST) + 1, 0)
