"""The text by which the parameter `q` finds a run, folded here because databases fold only some letters."""

import unicodedata
from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from backend.db.models import Run, SearchText
from backend.db.strpos import strpos

MAX_FEW = 500  # ids that a statement takes as parameters


def folded(text: str) -> str:
    """Returns a text without case, and with one spelling of each letter: é may be one character or two."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def store_search_text(session: Session, run: Run) -> None:
    """Stores what a run is found by: its name, tags and notes, after one of them was set."""
    session.merge(search_text(run))


def search_text(run: Run) -> SearchText:
    return SearchText(run_id=run.id, text=folded("\n".join((run.name, *run.tags, run.notes))))


def contains(text: str) -> ColumnElement[bool]:
    """Returns the condition that a run's name, notes or a tag contain `text` in any case."""
    return Run.id.in_(select(SearchText.run_id).where(_matches(text)))


def contains_each(text: str) -> ColumnElement[bool]:
    """Returns the same condition for runs that are read one by one: it looks at the text of each."""
    return select(SearchText.run_id).where(SearchText.run_id == Run.id, _matches(text)).exists()


def count(session: Session, text: str) -> int:
    """Returns the number of runs that contain `text`; each run has one text."""
    return session.execute(select(func.count()).select_from(SearchText).where(_matches(text))).scalar_one()


def few_ids(session: Session, text: str) -> Sequence[str] | None:
    """Returns the ids of the runs that contain `text`, or None if there are more than MAX_FEW."""
    ids = session.scalars(select(SearchText.run_id).where(_matches(text)).limit(MAX_FEW + 1)).all()
    return ids if len(ids) <= MAX_FEW else None


def _matches(text: str) -> ColumnElement[bool]:
    return strpos(SearchText.text, folded(text)) > 0
