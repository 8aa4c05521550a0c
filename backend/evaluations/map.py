"""The map of a run's validation images, for the page."""

from pathlib import Path

import numpy as np
from sqlalchemy.orm import Session

from backend.db.models import Evaluation, Run
from backend.errors import NotFound
from backend.evaluations.jobs import is_current
from backend.evaluations.results import image_map
from backend.evaluations.schemas import MapRead
from backend.runs import stored_predictions


def read_map(session: Session, data_dir: Path, run: Run, row: Evaluation) -> MapRead:
    """Returns the map of a finished evaluation, with the stored predictions of its epoch.

    Raises:
        NotFound: its files, its epoch or the run's dataset are gone.
    """
    places = image_map(session, data_dir, run)
    if places is None or row.result is None:
        raise NotFound(f'The files of the map are gone: POST /api/runs/{run.id}/evaluations {{"kind": "map"}}.')
    stored = stored_predictions.load(session, data_dir, run, str(places.epoch), "validation")
    rows, predictions = np.searchsorted(stored.positions, places.positions), stored.predictions
    confidence = predictions.confidence[rows].astype(float).round(4)
    return MapRead(
        epoch=places.epoch,
        is_current=is_current(session, row),
        stored_split=places.stored_split,
        layer=row.result["layer"],
        images=len(stored.positions),
        classes=list(predictions.classes),
        x=places.values[:, 0].astype(float).round(3).tolist(),
        y=places.values[:, 1].astype(float).round(3).tolist(),
        index=places.positions.tolist(),
        true=[predictions.classes[position] for position in predictions.true[rows]],
        predicted=[predictions.classes[position] for position in predictions.predicted[rows]],
        confidence=[value if np.isfinite(value) else None for value in confidence.tolist()],
    )
