"""What a change brought before: pairs of stored runs that differ in exactly the settings that a next run changes."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.db.models import Run
from backend.diagnosis.changes import changed
from backend.diagnosis.schemas import EarlierPairs
from backend.spec import RunSpec

MAX_RUNS = 200  # the newest of the same dataset and model: to read their specs takes about 30 ms

Settings = frozenset[tuple[str, str]]  # paths and values as JSON, of a whole spec or of a part


@dataclass(frozen=True)
class Scored:
    """A finished run: its settings, and its best validation accuracy."""

    settings: Settings
    accuracy: float


def scored_runs(session: Session, run: Run) -> list[Scored]:
    """Returns the newest finished runs of the same dataset and model."""
    same = (Run.dataset == run.dataset, Run.model == run.model, Run.status == "finished")
    newest = select(Run.spec, Run.best_val_accuracy).where(*same).order_by(Run.created_at.desc(), Run.id.desc())
    return [
        Scored(settings, accuracy)
        for spec, accuracy in session.execute(newest.limit(MAX_RUNS))
        if accuracy is not None and (settings := _settings_of_stored(spec))
    ]


def earlier_pairs(runs: Sequence[Scored], spec: RunSpec, changes: Mapping[str, Any]) -> EarlierPairs | None:
    """Returns what `changes` of `spec` brought in pairs that are equal in all other settings, the seed included."""
    next_spec = changed(spec, changes)
    if next_spec is None:
        return None
    before, after = (_part(settings(either), changes) for either in (spec, next_spec))
    accuracies: dict[Settings, tuple[list[float], list[float]]] = defaultdict(lambda: ([], []))
    for run in runs:
        part = _part(run.settings, changes)
        if part in (before, after):
            accuracies[run.settings - part][part == after].append(run.accuracy)
    gains = [fmean(new) - fmean(old) for old, new in accuracies.values() if old and new]
    return EarlierPairs(n=len(gains), gain=fmean(gains), low=min(gains), high=max(gains)) if gains else None


def settings(spec: RunSpec) -> Settings:
    return frozenset(_flat("", spec.as_json()))


def _settings_of_stored(spec: dict[str, Any]) -> Settings | None:
    """Returns the settings with the defaults of newer fields; None of a spec that is no longer allowed."""
    try:
        return settings(RunSpec.model_validate(spec))
    except ValidationError:
        return None


def _flat(path: str, value: Any) -> list[tuple[str, str]]:
    if not isinstance(value, dict):
        return [(path, json.dumps(value))]
    return [item for key, part in value.items() for item in _flat(f"{path}.{key}" if path else key, part)]


def _part(whole: Settings, changes: Mapping[str, Any]) -> Settings:
    """Returns the settings at or below the changed paths."""
    return frozenset(item for item in whole if any(f"{item[0]}.".startswith(f"{path}.") for path in changes))
