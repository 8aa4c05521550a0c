"""Writes suspects as CSV: one line for each image, with what was decided about it."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from backend.csv_text import Cell, csv_lines
from backend.labels.decisions import list_decisions
from backend.labels.schemas import Suspect
from backend.labels.suspects import SuspectList, read_items

HEAD = (
    "split",
    "index",
    "label",
    "suggested",
    "score",
    "runs",
    "runs_that_differ",
    "decision",
    "new_label",
    "by",
    "at",
)
BLOCK = 500  # suspects that are read at once


def csv_blocks(session: Session, suspects: SuspectList) -> Iterator[str]:
    """Yields all suspects, most suspect first. A text that a spreadsheet would take for a formula has an apostrophe."""
    yield csv_lines([HEAD])
    decisions = {(row.split, row.index): row for row in list_decisions(session, suspects.name)}
    for start in range(0, len(suspects.doubted), BLOCK):
        items = read_items(suspects.name, suspects.doubted[start : start + BLOCK], decisions)
        yield csv_lines(map(_line, items))


def _line(item: Suspect) -> list[Cell]:
    differ = sum(opinion.predicted != item.label for opinion in item.runs)
    found = (item.split, item.index, item.label, item.suggested, item.score, len(item.runs), differ)
    decision = item.decision
    decided = (decision.do, decision.class_, decision.by, decision.at.isoformat()) if decision else (None,) * 4
    return [*found, *decided]
