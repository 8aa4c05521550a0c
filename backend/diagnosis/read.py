"""Diagnoses a run of the database: reads its history and matrix, and estimates what each next run would take."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from sqlalchemy.orm import Session

from backend.analysis.statistics.intervals import wilson
from backend.datasets.registry import dataset_read
from backend.db.models import Dataset, Run
from backend.diagnosis.case import Case, Matrix
from backend.diagnosis.changes import changed
from backend.diagnosis.diagnose import diagnose
from backend.diagnosis.earlier_pairs import Scored, earlier_pairs, scored_runs
from backend.diagnosis.finding import Finding, NextRun
from backend.diagnosis.schemas import DiagnosisRead, FindingRead, MeasuredAccuracy, NextRunRead
from backend.errors import NotFound
from backend.planning.check import check
from backend.planning.image_counts import images_of
from backend.planning.schemas import SpecCheck
from backend.runs.metrics.columns import read_columns
from backend.runs.pace import seconds_per_epoch
from backend.runs.stored_predictions import load
from backend.spec import RunSpec

UNKNOWN_CLASSES = ("", "")  # of a dataset that is gone: chance is then at its highest


def diagnosis(session: Session, data_dir: Path, run: Run, lease_seconds: float) -> DiagnosisRead:
    """Returns what is wrong with a run, and what to try next; nothing before its first epoch."""
    case = read_case(session, data_dir, run)
    if case is None:
        return DiagnosisRead(items=[], accuracy=None)
    findings = diagnose(case)
    costs = Costs(session, run, case, lease_seconds, data_dir)
    runs = scored_runs(session, run) if any(finding.next for finding in findings) else []
    return DiagnosisRead(items=[_read(finding, costs, runs) for finding in findings], accuracy=_accuracy(case))


def read_case(session: Session, data_dir: Path, run: Run) -> Case | None:
    """Returns what the rules look at; None before the first epoch."""
    columns = read_columns(session, [run.id]).get(run.id)
    if columns is None:
        return None
    spec = RunSpec.model_validate(run.spec)
    dataset = dataset_read(run.dataset, session.get(Dataset, run.dataset))
    images = images_of(spec.dataset, dataset)
    matrix = _matrix(session, data_dir, run)
    return Case(
        spec=spec,
        epochs=columns.epochs.tolist(),
        series=columns.series,
        validation_images=images.validation if images else 0,
        classes=dataset.classes or UNKNOWN_CLASSES,
        best_epoch=run.best["epoch"] if run.best else None,
        matrix=matrix,
        ended_by=run.ended_by,
        train_images=images.train if images else None,
        class_images=(dataset.counts or {}).get("train"),
        image_shape=dataset.image_shape,
    )


def _matrix(session: Session, data_dir: Path, run: Run) -> Matrix | None:
    if run.best is None:
        return None
    try:
        return load(session, data_dir, run, "best", "validation").predictions.counts()
    except NotFound:
        return None  # the dataset or the file is gone


@dataclass(frozen=True)
class Costs:
    """Estimates the seconds of next runs."""

    session: Session
    run: Run
    case: Case
    lease_seconds: float
    data_dir: Path

    def seconds(self, next_run: NextRun) -> float | None:
        spec = changed(self.case.spec, next_run.changes)
        if spec is None:
            return None
        estimate = check(self.session, spec, self.lease_seconds, self.data_dir)
        pace = seconds_per_epoch(self.run) if self._costs_the_same(spec, estimate) else estimate.seconds_per_epoch
        if pace is None:
            return None
        return (estimate.start_seconds or 0.0) + (estimate.feature_seconds or 0.0) + pace * spec.epochs

    def _costs_the_same(self, spec: RunSpec, estimate: SpecCheck) -> bool:
        """Whether the network has as many weights and the data are the same: then this run's own pace is the best."""
        own = self.case.spec
        parts = (spec.dataset, spec.batch_size, spec.precision) == (own.dataset, own.batch_size, own.precision)
        return parts and estimate.parameters is not None and estimate.parameters == self.run.parameters


def _read(finding: Finding, costs: Costs, runs: Sequence[Scored]) -> FindingRead:
    next_runs = [
        NextRunRead(
            **asdict(item), seconds=costs.seconds(item), earlier=earlier_pairs(runs, costs.case.spec, item.changes)
        )
        for item in finding.next
    ]
    text = " ".join([f"{finding.title}.", *finding.reasons])
    return FindingRead(**{**asdict(finding), "text": text, "next": next_runs})


def _accuracy(case: Case) -> MeasuredAccuracy | None:
    value = case.best_accuracy
    if case.best_epoch is None or not case.validation_images or not np.isfinite(value):
        return None
    interval = list(wilson(round(value * case.validation_images), case.validation_images))
    return MeasuredAccuracy(epoch=case.best_epoch, images=case.validation_images, accuracy=value, interval=interval)
