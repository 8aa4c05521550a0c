"""What other finished runs on the same dataset say of an image."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from backend.analysis.predictions import json_number
from backend.db.models import Run
from backend.errors import NotFound
from backend.runs.stored_predictions import Split, epoch_file, positions_of
from backend.samples.image import RunImage
from backend.samples.prediction_files import arrays
from backend.samples.schemas import Verdict
from backend.spec import RunSpec

MAX_RUNS = 50  # a table that is read; each run costs a file


def verdicts(session: Session, data_dir: Path, image: RunImage, run: Run) -> tuple[list[Verdict], int]:
    """Returns what the newest other runs predict at their best epoch, and how many runs there are.

    Runs that were not scored on the image, or whose files are gone, are left out.
    """
    others = _finished_beside(run, image.dataset.manifest.content_hash)
    newest = session.scalars(select(Run).where(*others).order_by(Run.created_at.desc(), Run.id.desc()).limit(MAX_RUNS))
    total = session.execute(select(func.count()).select_from(Run).where(*others)).scalar_one()
    return [verdict for other in newest for verdict in _verdict(session, data_dir, image, other)], total


def _finished_beside(run: Run, content_hash: str) -> tuple[ColumnElement[bool], ...]:
    same_images = (Run.dataset == run.dataset, Run.dataset_hash == content_hash)
    return (Run.status == "finished", Run.id != run.id, Run.best.is_not(None), *same_images)


def _verdict(session: Session, data_dir: Path, image: RunImage, run: Run) -> Iterator[Verdict]:
    """Yields the run's verdict if there is one."""
    spec = RunSpec.model_validate(run.spec)
    split: Split = "test" if run.test is not None and image.stored_split == "test" else "validation"
    stored_split, positions = positions_of(spec, image.dataset, split)
    place = int(np.searchsorted(positions, image.index))
    if stored_split != image.stored_split or place == len(positions) or positions[place] != image.index:
        return
    try:
        file = epoch_file(session, run, "best", split)
        stored = arrays(data_dir, file)
    except NotFound:
        return
    predicted = image.classes[int(stored["predicted"][place])]
    yield Verdict(
        run=run.id,
        name=run.name,
        epoch=file.epoch,
        predicted=predicted,
        confidence=json_number(stored["confidence"][place]),
    )
