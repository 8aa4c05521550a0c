"""The results of runs: accuracy with its interval, training time, and size of the best model."""

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.analysis.intervals import Interval, wilson
from backend.compare.image_counts import ImageCounts, image_counts
from backend.compare.schemas import ComparedRun, CompareQuery, EpochName, Result
from backend.db.models import Artifact, Epoch, Run
from backend.runs.read import read_rows


def compared_runs(session: Session, data_dir: Path, runs: Sequence[Run], query: CompareQuery) -> list[ComparedRun]:
    """Returns the runs with their results at the epoch and split of the query."""
    ids = [run.id for run in runs]
    counts = image_counts(session, data_dir, runs)
    seconds, sizes = _training_seconds(session, ids), _best_model_bytes(session, ids)
    return [
        ComparedRun(
            **row.model_dump(exclude={"fields"}),
            result=_result(run, query, counts.get(run.id), seconds.get(run.id), sizes.get(run.id)),
        )
        for run, row in zip(runs, read_rows(session, ids, []), strict=True)
    ]


def _result(
    run: Run, query: CompareQuery, counts: ImageCounts | None, seconds: float | None, size: int | None
) -> Result:
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
        seconds=seconds,
        bytes=size,
        prediction_ms=None,
    )


def _validation(run: Run, epoch: EpochName) -> tuple[int | None, float | None]:
    if epoch == "last":
        return run.epoch or None, (run.metrics or {}).get("val_accuracy")
    return (run.best["epoch"], run.best["metrics"].get("val_accuracy")) if run.best else (None, None)


def _test(run: Run) -> tuple[int | None, float | None]:
    return (run.test["epoch"], run.test["metrics"].get("accuracy")) if run.test else (None, None)


def _interval(accuracy: float | None, images: int | None) -> Interval | None:
    return wilson(round(accuracy * images), images) if accuracy is not None and images else None


def _training_seconds(session: Session, ids: Sequence[str]) -> dict[str, float | None]:
    seconds = func.sum(Epoch.metrics["seconds"].as_float())
    rows = session.execute(select(Epoch.run_id, seconds).where(Epoch.run_id.in_(ids)).group_by(Epoch.run_id))
    return dict(rows.all())


def _best_model_bytes(session: Session, ids: Sequence[str]) -> dict[str, int]:
    rows = select(Artifact.run_id, Artifact.bytes).where(Artifact.run_id.in_(ids), Artifact.name == "best.keras")
    return dict(session.execute(rows).all())
