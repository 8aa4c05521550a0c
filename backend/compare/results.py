"""The results of runs: accuracy with its interval, training time, and size of the best model."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.analysis.statistics.intervals import Interval, wilson
from backend.compare.image_counts import ImageCounts, image_counts
from backend.compare.schemas import ComparedRun, CompareQuery, EpochName, Result
from backend.db.models import Artifact, Export, Run
from backend.runs.metrics.columns import Columns, read_columns
from backend.runs.read import read_runs


@dataclass(frozen=True)
class Costs:
    seconds: float | None = None
    bytes: int | None = None
    prediction_ms: float | None = None


def compared_runs(session: Session, data_dir: Path, runs: Sequence[Run], query: CompareQuery) -> list[ComparedRun]:
    """Returns the runs with their results at the epoch and split of the query."""
    ids = [run.id for run in runs]
    counts, costs = image_counts(session, data_dir, runs), _costs(session, ids)
    return [
        ComparedRun(
            **read.model_dump(exclude={"spec", "notes"}), result=_result(run, query, counts.get(run.id), costs[run.id])
        )
        for run, read in zip(runs, read_runs(session, runs), strict=True)
    ]


def _result(run: Run, query: CompareQuery, counts: ImageCounts | None, costs: Costs) -> Result:
    if query.split == "test":
        epoch, accuracy = _test(run)
        images = counts.test if counts else None
    else:
        epoch, accuracy = _validation(run, query.epoch)
        images = counts.validation if counts else None
    return Result(
        epoch=epoch,
        images=images,
        accuracy=accuracy,
        interval=_interval(accuracy, images),
        test_interval=_interval(_test(run)[1], counts.test if counts else None),
        **asdict(costs),
    )


def _validation(run: Run, epoch: EpochName) -> tuple[int | None, float | None]:
    if epoch == "last":
        return run.epoch or None, (run.metrics or {}).get("val_accuracy")
    return (run.best["epoch"], run.best["metrics"].get("val_accuracy")) if run.best else (None, None)


def _test(run: Run) -> tuple[int | None, float | None]:
    return (run.test["epoch"], run.test["metrics"].get("accuracy")) if run.test else (None, None)


def _interval(accuracy: float | None, images: int | None) -> Interval | None:
    return wilson(round(accuracy * images), images) if accuracy is not None and images else None


def _costs(session: Session, ids: Sequence[str]) -> dict[str, Costs]:
    """Returns training time, size of the best model, and the time of a prediction if its bundle was proved, by run."""
    training = {run_id: _seconds(columns) for run_id, columns in read_columns(session, ids, ["seconds"]).items()}
    of_best = (Export.run_id == Artifact.run_id) & (Export.of_sha256 == Artifact.sha256) & (Export.kind == "bundle")
    files = select(Artifact.run_id, Artifact.bytes, Export.prediction_ms).outerjoin(Export, of_best)
    best = session.execute(files.where(Artifact.run_id.in_(ids), Artifact.name == "best.keras"))
    models = {run_id: (size, milliseconds) for run_id, size, milliseconds in best}
    return {run_id: Costs(training.get(run_id), *models.get(run_id, ())) for run_id in ids}


def _seconds(columns: Columns) -> float | None:
    """Returns the seconds of training; None if no epoch has them."""
    seconds = columns.column("seconds")
    return float(np.nansum(seconds)) if np.isfinite(seconds).any() else None
