"""Which runs a query is about: the filters of the list, which all routes share that are about many runs."""

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from sqlalchemy import ColumnElement, Select, or_, select

from backend.db.models import Run
from backend.db.strpos import strpos
from backend.requests import StorableText
from backend.runs.schemas import Status
from backend.runs.table.conditions import Condition, equals, parse_conditions
from backend.runs.table.fields import FIELDS
from backend.runs.table.search import SEARCHED, contains, parts_with_tag

MAX_TEXT = 200  # characters of a filter; a run's name has at most 120
EQUAL = ("dataset", "model", "study", "owner", "cloned_from")  # parameters that a column equals
MAX_CONDITIONS = 50
MAX_IDS = 1_000  # as many as a comparison draws
MAX_ID = 40  # characters, so that MAX_IDS fit into the first line of a request, of 64 KB
MAX_PATHS = 4_000  # characters of a list of paths, longer than all paths together
COLUMNS = "paths of fields, separated by commas, such as `optimizer.learning_rate,best.val_accuracy`"
FilterText = Annotated[StorableText, Field(max_length=MAX_TEXT)]
FilterId = Annotated[StorableText, Field(max_length=MAX_ID)]
WHERE = (
    "a condition on a field: PATH OPERATOR VALUE without spaces, such as `optimizer.learning_rate>=0.001`; operators "
    "are = != >= <= > < and ~ (contains); the value null stands for no value, and the times `-24h` and `-7d` for so "
    "long before now; repeat it for several"
)


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


class RunFilter(BaseModel):
    """Filters of runs, all of which must match. It is a query's parameters, and a body of `POST /api/runs/bulk`."""

    model_config = ConfigDict(extra="forbid")

    id: Annotated[list[FilterId], BeforeValidator(_as_list)] = Field(
        [], max_length=MAX_IDS, description="ids of runs; repeat it for several"
    )
    status: Annotated[list[Status], BeforeValidator(_as_list)] = Field([], description="repeat it for several")
    dataset: FilterText | None = Field(None, description="name of a dataset")
    model: FilterText | None = Field(None, description="name of a preset, `layers` or `keras`")
    tag: FilterText | None = Field(None, description="a whole tag")
    study: FilterText | None = Field(None, description="id of a study")
    owner: FilterText | None = Field(None, description="who launched it")
    cloned_from: FilterText | None = Field(None, description="id of the run that others were copied from")
    q: FilterText | None = Field(None, description="a part of the name, the notes or a tag")
    where: Annotated[list[FilterText], BeforeValidator(_as_list)] = Field(
        [], max_length=MAX_CONDITIONS, description=WHERE
    )

    def conditions(self) -> list[Condition]:
        """Returns the conditions on fields.

        Raises:
            Invalid: A condition of `where` is malformed, names an unknown field, or contradicts another filter.
        """
        equal = [equals(name, value) for name in EQUAL if (value := getattr(self, name)) is not None]
        if len(self.status) == 1:
            equal.append(equals("status", self.status[0]))
        return [*equal, *parse_conditions(self.where, equal)]

    def paths(self) -> set[str]:
        """Returns the fields that the filters read, SEARCHED among them. Raises Invalid as `conditions`."""
        paths = {condition.field.path for condition in self.conditions()}
        others = {"status": len(self.status) > 1, "tags": self.tag is not None, SEARCHED: bool(self.q)}
        return paths | {path for path, is_read in others.items() if is_read}

    def expressions(self) -> list[ColumnElement[bool]]:
        """Returns the SQL conditions of matching runs. Raises Invalid as `conditions`."""
        return [*(condition.expression() for condition in self.conditions()), *self._other_expressions()]

    def _other_expressions(self) -> Iterator[ColumnElement[bool]]:
        if self.id:
            yield Run.id.in_(self.id)
        if len(self.status) > 1:
            yield Run.status.in_(self.status)
        if self.tag is not None:
            yield or_(*(strpos(FIELDS["tags"].expression, part) > 0 for part in parts_with_tag(self.tag)))
        if self.q:
            yield contains(self.q)


def select_ids(runs: RunFilter) -> Select[str]:
    """Selects the ids of matching runs, in no order: for `Run.id.in_(…)`, and for other tables with a run's id."""
    return select(Run.id).where(*runs.expressions())
