"""Stops, deletes, tags or untags many runs by one request, in batches between which other writers have their turn."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError
from sqlalchemy.orm import Session

from backend.db.engine import Database
from backend.errors import Conflict, Problem
from backend.files import remove_folder
from backend.lifecycle.batches import in_batches
from backend.lifecycle.stopping import Mode, stop
from backend.live.redis_stream import RedisStream
from backend.requests import Name, RequestBody
from backend.runs.change import delete_ended_run, update_run
from backend.runs.event_log import RunEvent
from backend.runs.read import get_run
from backend.runs.schemas import MAX_TAGS, RunChange, Tag
from backend.runs.table.filters import RunFilter, select_ids

MAX_IDS = 10_000  # of a body, which has a megabyte at most; `query` has no limit


class BulkRequest(RequestBody):
    """What to do with the runs of `ids`, or with all that match `query`, the filters of the list, except `without`.

    `expected` is how many runs that leaves: if it is another number by then, nothing is changed. `mode` is that of a
    stop, `finish` unless it is given. `tag` is what to add or to take away.
    """

    ids: Annotated[list[Name], Field(max_length=MAX_IDS)] | None = None
    query: RunFilter | None = None
    without: Annotated[list[Name], Field(max_length=MAX_IDS)] | None = None
    expected: Annotated[int, Field(ge=0)] | None = None
    do: Literal["stop", "delete", "tag", "untag"]
    mode: Mode | None = None
    tag: Annotated[Tag, Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if (self.ids is None) == (self.query is None):
            raise _combination("ids", "give either the ids of runs or a query, and not both")
        for key in ("without", "expected"):
            if self.query is None and getattr(self, key) is not None:
                raise _combination(key, "belongs to a query; leave it out for the ids of runs")
        if (self.tag is None) == (self.do in ("tag", "untag")):
            raise _combination("tag", "is what `tag` and `untag` add and take away; leave it out for other changes")
        if self.mode is not None and self.do != "stop":
            raise _combination("mode", "says how to stop; leave it out for other changes")
        return self


def _combination(key: str, message: str) -> PydanticCustomError:
    return PydanticCustomError("combination", "{message}", {"message": message, "key": key})


class Refusal(BaseModel):
    """A run that was left as it is, and why."""

    id: str
    detail: str


class BulkRead(BaseModel):
    """How many runs were changed, and which were not."""

    done: int
    refused: list[Refusal]


def change_runs(database: Database, redis_stream: RedisStream, data_dir: Path, request: BulkRequest) -> BulkRead:
    """Changes the runs one batch after the other. A run that can't be changed is refused, the others are changed.

    Raises:
        Invalid: A condition of the query is not allowed; nothing was changed.
        Conflict: As `_expect`; nothing was changed.
        Unavailable: As `in_batches`.
    """
    result = BulkRead(done=0, refused=[])

    def change(batch: Sequence[str]) -> None:
        refused, events = _change_batch(database, batch, request)
        redis_stream.publish(events)
        if request.do == "delete":
            deleted = {*batch} - {refusal.id for refusal in refused}
            redis_stream.deleted(deleted)
            _remove_files(data_dir, deleted)
        result.done += len(batch) - len(refused)
        result.refused += refused

    in_batches(_ids(database, request), change)
    return result


def _ids(database: Database, request: BulkRequest) -> Sequence[str]:
    """Returns the ids in ascending order: two requests that lock the same runs then never wait for each other."""
    if request.query is None:
        return sorted(set(request.ids or []))
    with database.read() as session:
        matching = set(session.scalars(select_ids(request.query)))
    run_ids = sorted(matching - {*(request.without or ())})
    if request.expected is not None:
        _expect(request.expected, run_ids)
    return run_ids


def _expect(expected: int, run_ids: Sequence[str]) -> None:
    """Checks the number of runs that would be changed.

    Raises:
        Conflict: It is another one, as where a run that is left out no longer matches.
    """
    if expected != len(run_ids):
        raise Conflict(
            f"The number of runs to change is {len(run_ids):,} now, not {expected:,}, so nothing was changed; look at "
            "the list again and choose them anew."
        )


def _change_batch(
    database: Database, batch: Sequence[str], request: BulkRequest
) -> tuple[list[Refusal], list[RunEvent]]:
    refused: list[Refusal] = []
    events: list[RunEvent] = []
    with database.write() as session:
        for run_id in batch:
            try:
                events += CHANGES[request.do](session, run_id, request)
            except Problem as problem:
                refused.append(Refusal(id=run_id, detail=problem.detail))
    return refused, events


def _remove_files(data_dir: Path, run_ids: set[str]) -> None:
    for run_id in run_ids:
        remove_folder(data_dir, "runs", run_id)


def _stop(session: Session, run_id: str, request: BulkRequest) -> list[RunEvent]:
    return stop(session, run_id, request.mode or "finish")[1]


def _delete(session: Session, run_id: str, _request: BulkRequest) -> list[RunEvent]:
    delete_ended_run(session, run_id)
    return []


def _tag(session: Session, run_id: str, request: BulkRequest) -> list[RunEvent]:
    run, tag = get_run(session, run_id, lock=True), request.tag or ""
    if tag in run.tags:
        return []
    if len(run.tags) >= MAX_TAGS:
        raise Conflict(f"Run {run.name!r} has {MAX_TAGS} tags, as many as a run may have; take one away first.")
    return update_run(session, run_id, RunChange(tags=[*run.tags, tag]))[1]


def _untag(session: Session, run_id: str, request: BulkRequest) -> list[RunEvent]:
    run = get_run(session, run_id, lock=True)
    if request.tag not in run.tags:
        return []
    return update_run(session, run_id, RunChange(tags=[tag for tag in run.tags if tag != request.tag]))[1]


CHANGES: dict[str, Callable[[Session, str, BulkRequest], list[RunEvent]]] = {
    "stop": _stop,
    "delete": _delete,
    "tag": _tag,
    "untag": _untag,
}
