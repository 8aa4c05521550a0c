"""Writes a run's model card in Markdown. What only people know, such as the intended use, is for them to fill in."""

import re

from backend.analysis.report import ClassScores
from backend.analysis.statistics.intervals import Interval, wilson
from backend.reports.content import Evaluation, RunContent
from backend.reports.html import environment

WEAKEST = 5  # classes of the card
SPECIAL = re.compile(r"(^[-+]|[\\`*_\[\]#|~<>&])")  # a list begins only with the first character of a line
LINE_BREAKS = re.compile(r"[\r\n\u0085\u2028\u2029]+")


def model_card(content: RunContent) -> str:
    """Returns the card as text. Names from outside are escaped, so that they are neither markup nor HTML."""
    evaluation = content.evaluation
    text = (
        environment()
        .get_template("model-card.md.jinja")
        .render(
            content=content,
            run=content.run,
            evaluation=evaluation,
            weakest=_weakest(evaluation) if evaluation else [],
            md=escaped,
        )
    )
    return re.sub(r"\n{3,}", "\n\n", text)


def _weakest(evaluation: Evaluation) -> list[tuple[ClassScores, Interval]]:
    """Returns the classes of the lowest recall, each with the interval of its recall."""
    scores = evaluation.weakest(WEAKEST)
    return [(score, wilson(round(score.recall * score.support), score.support)) for score in scores]


def escaped(text: str) -> str:
    """Returns a text of one line whose characters mean nothing to Markdown or HTML."""
    return SPECIAL.sub(_entity_or_backslash, LINE_BREAKS.sub(" ", text))


def _entity_or_backslash(match: re.Match[str]) -> str:
    return {"<": "&lt;", ">": "&gt;", "&": "&amp;"}.get(match[1], f"\\{match[1]}")
