"""The value of a run's field by its dotted path: of its row, its spec, or its metrics."""

from collections.abc import Mapping
from typing import Any

from backend.db.models import Run

COLUMNS = ("status", "dataset", "model", "name", "epoch", "parameters", "study", "recipe")


def field(run: Run, path: str) -> Any:
    """Returns the value at `path`, such as `optimizer.learning_rate` or `best.val_accuracy`; None if it is absent."""
    if path in COLUMNS:
        return getattr(run, path)
    head, _, metric = path.partition(".")
    metrics = {"best": run.best and run.best["metrics"], "last": run.metrics, "test": run.test and run.test["metrics"]}
    if head in metrics:
        return (metrics[head] or {}).get(metric)
    value: Any = run.spec
    for key in path.split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
    return value
