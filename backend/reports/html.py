"""Writes a run's report: one HTML file without scripts, that loads nothing and prints well."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy.orm import Session

from backend import phrases
from backend.analysis.statistics.intervals import wilson
from backend.db.clock import to_datetime
from backend.errors import NotFound
from backend.reports.charts import curves, reliability
from backend.reports.content import Evaluation, RunContent
from backend.reports.pictures import MAX_TABLE_CLASSES, matrix_picture, sure_mistakes
from backend.runs.stored_predictions import dataset_of

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).parent / "templates"
MAX_CLASS_ROWS = 60  # of the table of classes; the weakest, if there are more


@dataclass(frozen=True)
class ClassRow:
    """Shares with their 95 % intervals (Wilson); an interval is None where no image counts."""

    name: str
    support: int
    recall: float
    recall_interval: tuple[float, float] | None
    precision: float
    f1: float


def report_html(session: Session, data_dir: Path, content: RunContent) -> str:
    """Returns the report as text. Every value from outside is escaped by the template."""
    best = content.run.best
    return (
        environment()
        .get_template("report.html.jinja")
        .render(
            content=content,
            run=content.run,
            charts=curves(content.series, best["epoch"] if best else None),
            spec=json.dumps(content.run.spec, ensure_ascii=False, indent=1),
            **_evaluated(session, data_dir, content),
        )
    )


def _evaluated(session: Session, data_dir: Path, content: RunContent) -> dict[str, Any]:
    evaluation = content.evaluation
    if evaluation is None:
        return {"evaluation": None}
    counts, classes = evaluation.stored.predictions.counts(), evaluation.stored.predictions.classes
    is_table = len(classes) <= MAX_TABLE_CLASSES
    return {
        "evaluation": evaluation,
        "rows": _class_rows(evaluation),
        "class_count": len(classes),
        "matrix": list(zip(classes, counts.tolist(), strict=True)) if is_table else None,
        "matrix_picture": None if is_table else matrix_picture(counts),
        "most_hits": max(1, int(counts.diagonal().max())),
        "most_mistakes": max(1, int((counts - np.diag(counts.diagonal())).max())),
        "mistakes": _mistakes(session, data_dir, content, evaluation),
        "reliability": reliability(evaluation.calibration) if evaluation.calibration else None,
    }


def _mistakes(session: Session, data_dir: Path, content: RunContent, evaluation: Evaluation) -> list[Any]:
    try:
        return sure_mistakes(dataset_of(session, data_dir, content.run), evaluation.stored)
    except NotFound:
        return []


def _class_rows(evaluation: Evaluation) -> list[ClassRow]:
    """Returns the rows in the order of the classes, or the weakest ones first if there are many."""
    many = len(evaluation.scores.classes) > MAX_CLASS_ROWS
    scores = evaluation.weakest(MAX_CLASS_ROWS) if many else evaluation.scores.classes
    return [
        ClassRow(
            score.name,
            score.support,
            score.recall,
            wilson(round(score.recall * score.support), score.support) if score.support else None,
            score.precision,
            score.f1,
        )
        for score in scores
    ]


@cache
def environment() -> "Environment":
    """Jinja2 is imported with the first report, since it takes 2 MB of a service that may never write one."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

    result = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["html.jinja"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    result.filters |= {"percent": percent, "span": span, "number": number, "time": time}
    return result


def percent(share: float | None, digits: int = 2) -> str:
    return "–" if share is None else phrases.percent(share, digits)


def span(interval: tuple[float, float] | None) -> str:
    """Returns an interval as text, such as `89.9 to 91.0%`."""
    return "" if interval is None else f"{phrases.in_percent(interval[0])} to {phrases.percent(interval[1])}"


def number(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,}" if isinstance(value, int) else f"{value:.4g}"


def time(seconds: float | None) -> str:
    return "–" if seconds is None else to_datetime(seconds).strftime("%Y-%m-%d %H:%M UTC")
