"""The text by which the parameter `q` finds a run, folded here because databases fold only some letters."""

import json
import unicodedata

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from backend.db.models import Run, SearchText
from backend.db.strpos import strpos

SEARCHED = "search"  # the path of the texts that `q` searches, which are no field


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
    return Run.id.in_(select(SearchText.run_id).where(strpos(SearchText.text, folded(text)) > 0))


def parts_with_tag(tag: str) -> tuple[str, str]:
    """Returns two texts: a JSON list with this tag contains the first one or the second one, and no other list does.

    A quote within a tag follows a backslash, so that no part of a tag looks like a whole one.
    """
    text = json.dumps(tag)
    return f"[{text}", f", {text}"
