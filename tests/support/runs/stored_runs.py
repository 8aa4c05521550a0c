"""Writes rows of runs that have ended, without training them: for lists, tables and comparisons of many runs."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from sqlalchemy import insert

from backend.db.engine import Database
from backend.db.models import Run, SearchText
from backend.runs.table.search import folded
from backend.spec import RunSpec, model_name
from backend.spec.recipes import recipe_spec

CREATED_AT = 1_790_000_000.0  # of the first run; each one is a second newer than the one before
METRICS = {"loss": 0.5, "accuracy": 0.8, "val_loss": 0.6, "val_accuracy": 0.75, "val_macro_f1": 0.7}


def write_runs(database: Database, *runs: Mapping[str, Any]) -> list[str]:
    """Writes a run for each mapping and returns their ids: `r000000`, `r000001`, …

    A key with a dot or the name of a part of a spec is a change of the spec of `digits-quick`, such as
    `optimizer.learning_rate`; `metrics` changes METRICS; other keys are columns of the row.
    """
    rows = [run_row(number, **run) for number, run in enumerate(runs)]
    texts = [{"run_id": row["id"], "text": folded("\n".join((row["name"], *row["tags"])))} for row in rows]
    with database.write() as session:
        session.execute(insert(Run), rows)
        session.execute(insert(SearchText), texts)
    return [str(row["id"]) for row in rows]


def run_row(number: int, *, metrics: Mapping[str, float] | None = None, **changes: Any) -> dict[str, Any]:
    spec = changed_spec({path: changes.pop(path) for path in list(changes) if is_of_spec(path)})
    last = {**METRICS, "learning_rate": 0.001, "penalty": 0.0, "seconds": 1.5, **(metrics or {})}
    return {
        "id": f"r{number:06}",
        "name": f"run {number}",
        "status": "finished",
        "ended_by": "epochs",
        "spec": spec.as_json(),
        "dataset": spec.dataset.name,
        "model": model_name(spec.model),
        "recipe": "digits-quick",
        "tags": [],
        "notes": "",
        "priority": 0,
        "parameters": 10_000,
        "created_at": CREATED_AT + number,
        "queued_at": CREATED_AT + number,
        "started_at": CREATED_AT + number,
        "finished_at": CREATED_AT + number + 60,
        "epoch": spec.epochs,
        "epochs": spec.epochs,
        "metrics": last,
        "best": {"epoch": 3, "monitor": "val_loss", "value": last["val_loss"], "metrics": last},
        **{f"best_{name}": last[name] for name in METRICS},
        "spark": [0.1, 0.2, 0.3],
        "attempt": 1,
        "lease": 1,
        "claims": 0,
        "stalls": 0,
        "last_seq": 0,
        "last_epoch_seconds": [],
        **changes,
    }


def is_of_spec(path: str) -> bool:
    return "." in path or path in {*RunSpec.model_fields} - {"model", "dataset"}


def changed_spec(changes: Mapping[str, Any]) -> RunSpec:
    spec = deepcopy(recipe_spec("digits-quick").as_json())
    for path, value in changes.items():
        part = spec
        *parents, name = path.split(".")
        for parent in parents:
            part = part[parent]
        part[name] = value
    return RunSpec.model_validate(spec)
