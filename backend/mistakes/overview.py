"""Reads what a page shows of an epoch's mistakes at once: the matrix, the report, a page of images, and slices.

Slices are imported where they are needed, because SciPy takes time and memory.
"""

from dataclasses import asdict
from pathlib import Path

from sqlalchemy.orm import Session

from backend.analysis.confusion import matrix, nonzero
from backend.analysis.report import report
from backend.db.models import Run
from backend.mistakes.schemas import MistakesQuery, MistakesRead, SlicesRead
from backend.runs import sample_pages
from backend.runs.analysis_schemas import NonzeroMatrixRead, ReportRead, SamplesQuery, SamplesRead
from backend.runs.stored_predictions import EpochPredictions, load


def mistakes(session: Session, data_dir: Path, run: Run, query: MistakesQuery) -> MistakesRead:
    """Returns the mistakes of an epoch.

    Raises:
        Invalid: As `samples_page`.
        NotFound: As `load`.
    """
    samples_query = SamplesQuery.model_validate(query.model_dump(exclude={"slices"}))
    start = sample_pages.page_start(samples_query)
    stored = load(session, data_dir, run, start.epoch, query.split)
    return MistakesRead(
        matrix=_matrix(stored),
        report=report_read(stored),
        samples=samples_page(session, data_dir, run, stored, samples_query, start.offset),
        slices=_slices(session, data_dir, run, stored) if query.slices else None,
    )


def report_read(stored: EpochPredictions) -> ReportRead:
    return ReportRead(epoch=stored.epoch, split=stored.split, **asdict(report(stored.predictions)))


def samples_page(
    session: Session, data_dir: Path, run: Run, stored: EpochPredictions, query: SamplesQuery, offset: int
) -> SamplesRead:
    """Returns a page of samples. Raises Invalid if there is no such class or slice."""
    if query.slice is None:
        return sample_pages.page(stored, query, offset)
    from backend.mistakes.slices import slice_mask

    return sample_pages.page(stored, query, offset, slice_mask(session, data_dir, run, stored, query.slice))


def _matrix(stored: EpochPredictions) -> NonzeroMatrixRead:
    cells, classes = nonzero(matrix(stored.predictions)), list(stored.predictions.classes)
    return NonzeroMatrixRead(epoch=stored.epoch, split=stored.split, classes=classes, **cells)


def _slices(session: Session, data_dir: Path, run: Run, stored: EpochPredictions) -> SlicesRead:
    from backend.mistakes.slices import run_slices

    return run_slices(session, data_dir, run, stored)
