"""Routes of a run's analysis: confusion matrix, report, samples, figures and diagnosis.

The handlers import SciPy and Plotly at the first analysis that needs them, because that takes time and memory.
"""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import Path, Query
from sqlalchemy.orm import Session

from backend.analysis.choices import Normalize
from backend.api.deps import Board, BoardDep, RunDep, SessionDep
from backend.api.http.router import Router
from backend.db.models import Run
from backend.diagnosis.read import diagnosis
from backend.diagnosis.schemas import DiagnosisRead
from backend.errors import NotFound
from backend.runs import sample_pages
from backend.runs.analysis_schemas import (
    EpochQuery,
    FigureRead,
    MatrixQuery,
    MatrixRead,
    NonzeroMatrixRead,
    OrderedMatrixQuery,
    ReportRead,
    SamplesQuery,
    SamplesRead,
)
from backend.runs.metrics.series import metric_series
from backend.runs.stored_predictions import EpochPredictions, load

router = Router(prefix="/api/runs/{run_id}", tags=["analysis"])

FIGURES = ("curves", "confusion-matrix")
FigureName = Annotated[str, Path(description="`curves` or `confusion-matrix`")]
MAX_POINTS = 2_000  # of a curve: more than a screen has pixels in width


@router.get("/confusion-matrix", summary="Read the confusion matrix", response_model_exclude_none=True)
def read_confusion_matrix(
    run: RunDep, session: SessionDep, board: BoardDep, query: Annotated[OrderedMatrixQuery, Query()]
) -> MatrixRead | NonzeroMatrixRead:
    """Returns how many images of each true class (rows) were predicted as each class (columns), after an epoch."""
    from backend.analysis.confusion import matrix, nonzero

    stored = _load(board, session, run, query)
    cells = matrix(stored.predictions, query.normalize)
    tree = _class_order(stored) if query.order == "similarity" else {}
    head = {"epoch": stored.epoch, "split": stored.split, "classes": list(stored.predictions.classes), **tree}
    if query.cells == "nonzero":
        return NonzeroMatrixRead(**head, **nonzero(cells))
    return MatrixRead(**head, matrix=cells.tolist())


@router.get("/report", summary="Read the classification report")
def read_report(run: RunDep, session: SessionDep, board: BoardDep, query: Annotated[EpochQuery, Query()]) -> ReportRead:
    """Returns accuracy beside that of always the commonest class, and precision, recall and F1 of each class."""
    from backend.mistakes.overview import report_read

    return report_read(_load(board, session, run, query))


@router.get("/samples", summary="List images with their predictions")
def list_samples(
    run: RunDep, session: SessionDep, board: BoardDep, query: Annotated[SamplesQuery, Query()]
) -> SamplesRead:
    """Lists images with true class, predicted class and confidence, after an epoch. `total` counts all that match.

    The pages of a list stay with the epoch of the first one, also when a better epoch comes.
    """
    from backend.mistakes.overview import samples_page

    start = sample_pages.page_start(query)
    stored = load(session, board.settings.data_dir, run, start.epoch, query.split)
    return samples_page(session, board.settings.data_dir, run, stored, query, start.offset)


@router.get("/figures/{name}", summary="Read a Plotly figure")
def read_figure(
    run: RunDep, session: SessionDep, board: BoardDep, name: FigureName, query: Annotated[MatrixQuery, Query()]
) -> FigureRead:
    """Returns a figure as JSON with plain lists, for plotly.js or `plotly.io.from_json`."""
    if name not in FIGURES:
        raise NotFound(f"There is no figure {name!r}; the figures are {' and '.join(FIGURES)}.")
    if name == "curves":
        return FigureRead.model_validate(_curves(session, run))
    return FigureRead.model_validate(_heatmap(_load(board, session, run, query), query.normalize))


@router.get("/diagnosis", summary="Read what is wrong with a run, and what to try next")
def read_diagnosis(run: RunDep, session: SessionDep, board: BoardDep) -> DiagnosisRead:
    """Returns findings with their evidence, each with at most three next runs; an empty list for a good run.

    A next run is launched by `POST /api/runs`: this run's spec with `changes` applied, and `cloned_from`.
    """
    return diagnosis(session, board.settings.data_dir, run, board.settings.lease_seconds)


def _class_order(stored: EpochPredictions) -> dict[str, Any]:
    from backend.analysis.similarity import by_similarity

    return asdict(by_similarity(stored.predictions.counts()))


def _curves(session: Session, run: Run) -> dict[str, Any]:
    from backend.analysis.curves import Best, Curves, curves

    metrics = metric_series(session, run.id, None, MAX_POINTS)
    best = Best(run.best["epoch"], run.best["monitor"]) if run.best else None
    return curves(Curves(metrics.epochs, metrics.series, best))


def _heatmap(stored: EpochPredictions, normalize: Normalize) -> dict[str, Any]:
    from backend.analysis.confusion import matrix
    from backend.analysis.heatmap import heatmap

    return heatmap(matrix(stored.predictions, normalize), stored.predictions.classes)


def _load(board: Board, session: Session, run: Run, query: EpochQuery) -> EpochPredictions:
    return load(session, board.settings.data_dir, run, query.epoch, query.split)
