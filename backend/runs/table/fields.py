"""The fields of runs that the table shows, filters, sorts and groups by, each with its path and its SQL expression.

Those of a spec are derived from the catalog, so a new option of a preset or an optimizer is a field at once. Values are
read from the JSON of the row (docs/decisions/0022-fields-of-runs.md).
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Literal

from sqlalchemy import Boolean, ColumnElement, Double, Integer, Text, case, cast, func, literal_column

from backend.db.clock import to_datetime
from backend.db.json_text import json_text
from backend.db.models import PRIORITIES, Run
from backend.errors import FieldError, Invalid, Loc
from backend.phrases import listed, quoted, sentence
from backend.planning.catalog import catalog
from backend.planning.catalog_schemas import Limits, PartChoice
from backend.runs.metrics.names import METRICS

Kind = Literal["number", "text", "boolean", "time"]
Group = Literal["run", "spec", "best", "last", "test"]
Value = str | float | bool | None

KINDS: dict[str, Kind] = {"integer": "number", "number": "number", "boolean": "boolean", "part": "boolean"}
METRIC_TITLES = {
    "loss": "Training loss",
    "accuracy": "Training accuracy",
    "val_loss": "Validation loss",
    "val_accuracy": "Validation accuracy",
    "val_macro_f1": "Validation macro F1",
    "learning_rate": "Learning rate",
    "penalty": "Penalty",
    "seconds": "Seconds",
    "train_eval_loss": "Training loss in test mode",
    "train_eval_accuracy": "Training accuracy in test mode",
}
TEST_TITLES = {"accuracy": "Test accuracy", "loss": "Test loss", "macro_f1": "Test macro F1"}
MATCHES = 3  # similar paths that an error message names
FORMS = {  # where the options of a choice of the catalog lie in a spec
    "presets": "model.options",
    "optimizers": "optimizer",
    "schedules": "optimizer.schedule",
    "losses": "loss",
    "validations": "dataset.validation",
}


@dataclass(frozen=True, eq=False)
class RunField:
    """A value that runs have. `expression` is SQL: times are seconds, booleans 0 and 1, lists texts without spaces.

    `keys` are where a value within JSON lies: a column of the run, and keys from there on. Other values have none.
    """

    path: str
    title: str
    kind: Kind
    group: Group
    expression: ColumnElement[Any]
    keys: tuple[str, ...] = ()

    @property
    def is_filterable(self) -> bool:
        return self.path != "tags"  # a list; the parameter `tag` finds a whole one

    def read(self, value: Any) -> Value:
        """Converts a value of `expression` for JSON."""
        if value is None or isinstance(value, str):
            return ", ".join(json.loads(value)) if value and self.path == "tags" else value
        if self.kind == "time":
            return to_datetime(value).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return bool(value) if self.kind == "boolean" else _whole(value)


def find_field(path: str, loc: Loc) -> RunField:
    """Returns the field of a path.

    Raises:
        Invalid: There is no such field; the message names similar ones.
    """
    if path in FIELDS:
        return FIELDS[path]
    advice = f"similar ones are {listed(similar)}" if (similar := _similar(path)) else "GET /api/runs/fields lists all"
    message = f"there is no field {quoted(path)}; {advice}"
    raise Invalid(sentence(message), [FieldError(loc, message)])


def find_fields(paths: str, loc: Loc) -> list[RunField]:
    """Returns the fields of paths that are separated by commas, each once."""
    return [find_field(path, loc) for path in dict.fromkeys(paths.split(",")) if path]


def _similar(path: str) -> list[str]:
    """Returns paths that end alike, such as `optimizer.learning_rate` for `learning_rate`, then those spelled alike."""
    same_end = [known for known in FIELDS if known.rpartition(".")[2] == path.rpartition(".")[2]]
    return list(dict.fromkeys([*same_end, *get_close_matches(path, FIELDS, MATCHES)]))[:MATCHES]


def _whole(value: float) -> float:
    return int(value) if isinstance(value, float) and value.is_integer() else value


RUN_TITLES: dict[Kind, dict[str, str]] = {
    "text": {
        "id": "Id",
        "name": "Name",
        "status": "Status",
        "dataset": "Dataset",
        "model": "Model",
        "study": "Study",
        "recipe": "Recipe",
        "owner": "Owner",
        "cloned_from": "Cloned from",
        "ended_by": "Ended by",
        "worker": "Worker",
        "slot": "Slot",
        "notes": "Notes",
    },
    "number": {
        "epoch": "Epoch",
        "epochs": "Epochs",
        "parameters": "Parameters",
        "attempt": "Attempt",
        "trial": "Trial of its study",
        "bet": "Bet",
    },
    "time": {"created_at": "Created", "started_at": "Started", "finished_at": "Ended"},
}


def _run_fields() -> Iterator[RunField]:
    for kind, titles in RUN_TITLES.items():
        for path, title in titles.items():
            yield RunField(path, title, kind, "run", getattr(Run, path))
    yield RunField("seconds", "Seconds from start to end", "number", "run", Run.finished_at - Run.started_at)
    yield RunField("tags", "Tags", "text", "run", cast(Run.tags, Text))
    names: dict[Any, Any] = {
        literal_column(str(number)): literal_column(f"'{name}'", Text()) for name, number in PRIORITIES.items()
    }
    yield RunField("priority", "Priority", "text", "run", case(names, value=Run.priority))


def _metric_fields() -> Iterator[RunField]:
    yield _number_field("best.epoch", "Best epoch", "best", "best", "epoch")
    monitor = cast(json_text(Run.best, "monitor"), Text())
    yield RunField("best.monitor", "Best by", "text", "best", monitor, ("best", "monitor"))
    for name in METRICS:
        title, column = f"{_metric_title(name)} at the best epoch", getattr(Run, f"best_{name}", None)
        if column is None:
            yield _number_field(f"best.{name}", title, "best", "best", "metrics", name)
        else:
            yield RunField(f"best.{name}", title, "number", "best", column)
    for name in METRICS:
        yield _number_field(f"last.{name}", f"{_metric_title(name)} at the last epoch", "last", "metrics", name)
    for name, title in TEST_TITLES.items():
        yield _number_field(f"test.{name}", title, "test", "test", "metrics", name)


def _number_field(path: str, title: str, group: Group, *keys: str) -> RunField:
    column, *rest = keys
    return RunField(path, title, "number", group, _number(getattr(Run, column), ".".join(rest)), keys)


def _number(column: Any, path: str) -> ColumnElement[Any]:
    return cast(json_text(column, path), Double())


def _metric_title(name: str) -> str:
    return METRIC_TITLES.get(name, name.replace("_", " ").capitalize())


def _spec_fields() -> Iterator[RunField]:
    offered = catalog()
    for path, limits in offered.limits.items():
        yield _spec_field(path, limits)
    for forms, prefix in FORMS.items():
        for choice in getattr(offered, forms):
            yield from _option_fields(choice, prefix)


def _option_fields(choice: PartChoice, prefix: str) -> Iterator[RunField]:
    for option in choice.options:
        yield _spec_field(f"{prefix}.{option.name}", option)


def _spec_field(path: str, limits: Limits) -> RunField:
    """Returns a field of specs. A part that may be absent, such as the augmentation, is true where it is there."""
    kind = KINDS.get(limits.type, "text")
    text = json_text(Run.spec, path)
    expression: ColumnElement[Any] = cast(text, Text())
    if limits.type == "part":
        expression = case((text.is_not(None), literal_column("1")))
    elif kind == "number":
        expression = _number(Run.spec, path)
    elif kind == "boolean":
        expression = cast(cast(text, Boolean()), Integer)
    elif limits.type == "list" or path == "class_weights":
        expression = _without_spaces(expression)
    return RunField(path, limits.title, kind, "spec", expression, ("spec", *path.split(".")))


def _without_spaces(json: ColumnElement[Any]) -> ColumnElement[Any]:
    """Returns the text of a list or an object as SQLite has it; PostgreSQL keeps the spaces after , and :."""
    for sign in (",", ":"):
        json = func.replace(json, literal_column(f"'{sign} '"), literal_column(f"'{sign}'"), type_=Text())
    return json


def _first_of_each_path(*fields: RunField) -> dict[str, RunField]:
    """Returns fields by path. Presets share options, and so do optimizers; the first one counts."""
    by_path: dict[str, RunField] = {}
    for field in fields:
        by_path.setdefault(field.path, field)
    return by_path


FIELDS = _first_of_each_path(*_run_fields(), *_metric_fields(), *_spec_fields())
