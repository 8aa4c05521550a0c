"""The calibration of a run's epoch, from its stored predictions; of its best epoch also scaled by a temperature."""

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from backend.analysis.calibration import Calibration, calibration
from backend.analysis.temperature import Fit, cross_fit
from backend.db.models import Artifact, Run
from backend.errors import NotFound
from backend.files import sha256_of
from backend.runs.stored_predictions import EpochPredictions, load
from backend.trust.schemas import CalibrationQuery, CalibrationRead, TemperatureRead

FITS_KEPT = 16  # of the best epochs that were last looked at; one of 10,000 images takes 80 KB


def read_calibration(session: Session, data_dir: Path, run: Run, query: CalibrationQuery) -> CalibrationRead:
    """Returns the calibration of an epoch.

    Raises:
        NotFound: The run has no such epoch or split, or all of its confidences are NaN.
    """
    stored = load(session, data_dir, run, query.epoch, query.split)
    predictions = stored.predictions
    is_number = np.isfinite(predictions.confidence)
    if not is_number.any():
        raise NotFound(f"The confidences of epoch {stored.epoch} are all NaN, so it has no calibration.")
    is_right = (predictions.true == predictions.predicted)[is_number]
    result = _fields(calibration(predictions.confidence[is_number], is_right, query.bins))
    return CalibrationRead(
        epoch=stored.epoch,
        split=stored.split,
        not_a_number=int(len(predictions) - is_number.sum()),
        temperature=_temperature(session, data_dir, run, stored, query.bins) if is_number.all() else None,
        **result,
    )


def _temperature(
    session: Session, data_dir: Path, run: Run, stored: EpochPredictions, bins: int
) -> TemperatureRead | None:
    fit = best_fit(session, data_dir, run, stored)
    if fit is None:
        return None
    predictions = stored.predictions
    result = calibration(fit.confidence, predictions.true == predictions.predicted, bins)
    return TemperatureRead.model_validate({"value": fit.temperature, **_fields(result)})


def _fields(result: Calibration) -> dict[str, Any]:
    """Returns what `asdict` does, but copies nothing, which takes half of the time of an answer."""
    return {**vars(result), "bins": [vars(bin_) for bin_ in result.bins], "answering": vars(result.answering)}


def best_fit(session: Session, data_dir: Path, run: Run, stored: EpochPredictions) -> Fit | None:
    """Returns the temperature of the best epoch, or None if `stored` has no probabilities of all classes."""
    row = session.get(Artifact, (run.id, "probabilities"))
    if row is None or row.epoch != stored.epoch or stored.split != "validation":
        return None
    labels = stored.predictions.true
    try:
        return _fit(data_dir / row.path, row.sha256, labels.tobytes(), str(labels.dtype))
    except (OSError, ValueError):  # damaged, or replaced by a newer best epoch
        return None


@lru_cache(maxsize=FITS_KEPT)
def _fit(path: Path, sha256: str, labels: bytes, dtype: str) -> Fit:
    if sha256_of(path) != sha256:
        raise ValueError(f"{path.name} is damaged")
    return cross_fit(np.load(path, mmap_mode="r", allow_pickle=False), np.frombuffer(labels, dtype))
