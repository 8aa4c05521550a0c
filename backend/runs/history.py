"""Writes `history.csv`, the table of a run's metrics by epoch, and knows its size and SHA-256 after each epoch."""

import hashlib
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.csv_text import csv_lines
from backend.db.models import Epoch
from backend.runs.metrics.names import METRICS


def history_csv(session: Session, run_id: str) -> str:
    """Returns one row per epoch, with numbers that parse back exactly; NaN and infinity are empty cells."""
    rows = session.execute(select(Epoch.epoch, Epoch.metrics).where(Epoch.run_id == run_id).order_by(Epoch.epoch))
    return csv_lines([("epoch", *METRICS)]) + _lines((epoch, metrics) for epoch, metrics in rows)


@dataclass(frozen=True)
class HistoryDigest:
    """Size and SHA-256 of `history.csv` up to an epoch, so that a trainer stores them without writing it again."""

    epoch: int
    bytes: int
    digest: "hashlib._Hash"

    @staticmethod
    def of(session: Session, run_id: str, epoch: int) -> "HistoryDigest":
        content = history_csv(session, run_id).encode()
        return HistoryDigest(epoch, len(content), hashlib.sha256(content))

    def plus(self, epoch: int, metrics: Mapping[str, Any]) -> "HistoryDigest":
        """Returns the digest with one more epoch."""
        line, digest = _lines([(epoch, metrics)]).encode(), self.digest.copy()
        digest.update(line)
        return HistoryDigest(epoch, self.bytes + len(line), digest)


def _lines(epochs: Iterable[tuple[int, Mapping[str, Any]]]) -> str:
    return csv_lines((epoch, *(_finite(metrics.get(name)) for name in METRICS)) for epoch, metrics in epochs)


def _finite(value: Any) -> Any:
    return value if value is not None and math.isfinite(value) else None
