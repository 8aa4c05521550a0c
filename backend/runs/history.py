"""Writes `history.csv`, the table of a run's metrics by epoch."""

import math
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.csv_text import csv_lines
from backend.db.models import Epoch
from backend.runs.metrics.names import METRICS


def history_csv(session: Session, run_id: str) -> str:
    """Returns one row per epoch, with numbers that parse back exactly; NaN and infinity are empty cells."""
    rows = session.execute(select(Epoch.epoch, Epoch.metrics).where(Epoch.run_id == run_id).order_by(Epoch.epoch))
    values = ((epoch, *(_finite(metrics.get(name)) for name in METRICS)) for epoch, metrics in rows)
    return csv_lines([("epoch", *METRICS), *values])


def _finite(value: Any) -> Any:
    return value if value is not None and math.isfinite(value) else None
