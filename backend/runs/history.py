"""Writes `history.csv`, the table of a run's metrics by epoch, and knows its size and SHA-256 after each epoch."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic_core import to_json
from sqlalchemy.orm import Session

from backend.runs.metrics.names import METRICS


def history_csv(session: Session, run_id: str) -> str:
    """Returns one row per epoch, with numbers that parse back exactly; NaN and infinity are empty cells."""
    from backend.runs.metrics.columns import NO_EPOCHS, read_columns  # NumPy, which few jobs of a worker need

    columns = read_columns(session, [run_id]).get(run_id, NO_EPOCHS)
    series = (columns.column(name).tolist() for name in METRICS)
    return ",".join(("epoch", *METRICS)) + "\n" + _lines(list(zip(columns.epochs.tolist(), *series, strict=True)))


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
        line, digest = _lines([(epoch, *(metrics.get(name) for name in METRICS))]).encode(), self.digest.copy()
        digest.update(line)
        return HistoryDigest(epoch, self.bytes + len(line), digest)


def _lines(rows: Sequence[Sequence[float | None]]) -> str:
    """Writes rows of numbers as JSON, ten times as fast as by `repr`, and makes CSV of it."""
    if not rows:
        return ""
    return to_json(rows, inf_nan_mode="null").decode()[2:-2].replace("],[", "\n").replace("null", "") + "\n"
