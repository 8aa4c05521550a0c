"""The files of a run that can be downloaded: models, exports, and texts that are generated on request.

Models and exports are on disk, with a row by a trainer or an export job. Paths are ours; names are from fixed lists.
`history.csv` has a row too, with its size and SHA-256, so that a list of files does not write a table of all epochs.
"""

import hashlib
from collections.abc import Callable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.artifacts.exports import FILE_NAMES, why_missing
from backend.db.engine import Database
from backend.db.models import ENDED, Artifact, Run
from backend.errors import NotFound
from backend.planning.initial_weights import INITIAL
from backend.runs.history import history_csv
from backend.runs.read import get_run
from backend.script import train_py

ON_DISK = Artifact.name.endswith(".keras") | Artifact.name.in_(FILE_NAMES.values())
HISTORY = "history.csv"
LISTED_FIRST = ("best.keras", "final.keras", "last.keras", INITIAL)


def _history(session: Session, run: Run) -> str | None:
    return history_csv(session, run.id) if run.epoch else None


GENERATED: dict[str, Callable[[Session, Run], str | None]] = {HISTORY: _history, "train.py": train_py}
"""Functions that generate a text; None if the run has none yet."""


def list_downloads(session: Session, run: Run) -> Sequence[Artifact]:
    """Returns models (best, final, last, those of each n-th epoch), exports and texts, in this order."""
    rows = session.scalars(select(Artifact).where(Artifact.run_id == run.id, ON_DISK))
    texts = [
        _history_row(session, run) or _generated_row(session, run, HISTORY),
        _generated_row(session, run, "train.py"),
    ]
    return [*sorted(rows, key=_sort_key), *(row for row in texts if row is not None)]


def lacks_history(session: Session, run: Run) -> bool:
    """Returns whether an ended run has epochs and no row of history.csv: it was trained before these were stored."""
    return run.status in ENDED and run.epoch > 0 and _history_row(session, run) is None


def store_history(database: Database, run_id: str) -> None:
    """Stores the row of history.csv that `lacks_history` misses. The table is written before a transaction begins: one
    of many epochs takes seconds, for which no trainer should wait.
    """
    with database.read() as session:
        run = get_run(session, run_id)
        row = _generated_row(session, run, HISTORY) if lacks_history(session, run) else None
    with database.write() as session:
        run = get_run(session, run_id, lock=True)
        if row is not None and row.epoch == run.epoch and lacks_history(session, run):
            session.merge(row)


def find_download(session: Session, run: Run, name: str) -> tuple[Artifact, bytes | None]:
    """Returns one file's row, and its content if it is a text; files on disk are not read.

    Raises:
        NotFound: the run does not have the file (yet); the message says why.
    """
    if name in GENERATED:
        content = _generate(session, run, name)
        row = None if content is None else _text_row(run, name, content)
    else:
        content = None
        row = session.scalar(select(Artifact).where(Artifact.run_id == run.id, Artifact.name == name, ON_DISK))
    if row is not None:
        return row, content
    if reason := why_missing(session, run.id, name):
        raise NotFound(reason)
    names = ", ".join(file.name for file in list_downloads(session, run)) or "no file yet"
    raise NotFound(f"This run has no {name!r}; it has {names}.")


def _generate(session: Session, run: Run, name: str) -> bytes | None:
    """Returns the current content of one of GENERATED, or None if the run has none yet."""
    text = GENERATED[name](session, run)
    return None if text is None else text.encode()


def _history_row(session: Session, run: Run) -> Artifact | None:
    """Returns the row that the run's trainer stored with its last epoch."""
    row = session.get(Artifact, (run.id, HISTORY))
    return row if row is not None and row.epoch == run.epoch else None


def _generated_row(session: Session, run: Run, name: str) -> Artifact | None:
    content = _generate(session, run, name)
    return None if content is None else _text_row(run, name, content)


def _text_row(run: Run, name: str, content: bytes) -> Artifact:
    digest = hashlib.sha256(content).hexdigest()
    return Artifact(run_id=run.id, name=name, epoch=run.epoch, path="", bytes=len(content), sha256=digest)


def _sort_key(row: Artifact) -> tuple[int, int]:
    if row.name in LISTED_FIRST:
        return LISTED_FIRST.index(row.name), 0
    return (len(LISTED_FIRST), row.epoch) if row.name.endswith(".keras") else (len(LISTED_FIRST) + 1, 0)
