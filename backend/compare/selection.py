"""Finds the runs that a request to compare names, or that match its filters."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.db.models import Run
from backend.errors import FieldError, Invalid, NotFound
from backend.phrases import listed, quoted, sentence
from backend.runs.table.filters import RunFilter

MAX_COMPARED = 50


def named_runs(session: Session, runs: str, least: int = 2, most: int = MAX_COMPARED) -> list[Run]:
    """Returns the runs whose ids `runs` holds, separated by commas, in that order.

    Raises:
        Invalid: There are fewer than `least` or more than `most` ids, or one is named twice.
        NotFound: There is no run of one of the ids.
    """
    ids = runs.split(",")
    if not least <= len(ids) <= most:
        number = f"{least}" if least == most else f"{least} to {most:,}"
        raise _invalid(f"name {number} runs by their ids, separated by commas; you gave {len(ids):,}")
    if twice := next((run_id for run_id in ids if ids.count(run_id) > 1), None):
        raise _invalid(f"run {quoted(twice)} is named twice; name each run once")
    found = {run.id: run for run in session.scalars(select(Run).where(Run.id.in_(ids)))}
    if missing := [run_id for run_id in ids if run_id not in found]:
        raise NotFound(f"There is no run {listed(map(quoted, missing[:5]))}; it may have been deleted.")
    return [found[run_id] for run_id in ids]


def matching_runs(session: Session, runs: RunFilter, most: int) -> list[Run]:
    """Returns the runs that match the filters, newest first.

    Raises:
        Invalid: More than `most` match, or a condition of `where` is not one.
    """
    matches = select(Run).where(*runs.expressions()).order_by(Run.created_at.desc(), Run.id.desc())
    found = session.scalars(matches.limit(most + 1)).all()
    if len(found) > most:
        total = session.execute(select(func.count()).select_from(Run).where(*runs.expressions())).scalar_one()
        raise _invalid(f"{total:,} runs match, at most {most:,} can be drawn; add a filter that fewer runs match")
    return list(found)


def _invalid(message: str) -> Invalid:
    return Invalid(sentence(message), [FieldError(["query", "runs"], message)])
