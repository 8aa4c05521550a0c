"""Routes of the runs table: fields, groups, CSV, and changes of many runs."""

from typing import Annotated

from fastapi import Body, Query

from backend.api.deps import BoardDep, SessionDep
from backend.api.http import examples
from backend.api.http.limits import WriteSlot
from backend.api.http.lists import CsvFile, Items, Page
from backend.api.http.openapi import problems
from backend.api.http.router import Router
from backend.lifecycle.bulk import BulkRead, BulkRequest, change_runs
from backend.runs.table import csv_export, groups, overview
from backend.runs.table.filters import RunFilter
from backend.runs.table.groups import GroupQuery, RunGroup
from backend.runs.table.listing import SortedRuns
from backend.runs.table.overview import FieldRead

router = Router(prefix="/api", tags=["runs"])


@router.get("/runs/fields", summary="List the fields of runs")
def list_fields(session: SessionDep, query: Annotated[RunFilter, Query()]) -> Items[FieldRead]:
    """Lists the fields of the runs that match all filters, with their values or their range: what `where`, `sort`,
    `columns` and `by` take. A field of a run is a column (`status`), a value of its spec (`optimizer.learning_rate`),
    or a metric at its best epoch (`best.val_accuracy`), its last one (`last.loss`), or on the test split
    (`test.accuracy`).
    """
    return Items(items=overview.list_fields(session, query))


@router.get("/runs/groups", summary="Group runs")
def list_groups(session: SessionDep, query: Annotated[GroupQuery, Query()]) -> Page[RunGroup]:
    """Groups the runs that match all filters by one to four fields, in the order of a tree: by the first field, among
    equals by the second, and so on; null comes last. `summary` has mean, standard deviation of a sample, least and
    greatest value of each of `columns`. `total` counts all groups.
    """
    items, next_cursor, total = groups.page(session, query)
    return Page(items=items, next_cursor=next_cursor, total=total)


@router.get("/runs.csv", summary="Download runs as CSV", response_class=CsvFile)
def download_csv(board: BoardDep, query: Annotated[SortedRuns, Query()]) -> CsvFile:
    """Downloads all runs that match the filters, in their order: a line with the paths of the columns, then a line for
    each run, its id first. An empty cell is a value that the run does not have. A text that a spreadsheet would take
    for a formula begins with an apostrophe.
    """
    headers = {"Content-Disposition": 'attachment; filename="runs.csv"'}
    return CsvFile(csv_export.csv_blocks(board.database, query), headers=headers)


@router.post("/runs/bulk", dependencies=[WriteSlot], summary="Change many runs", responses=problems(409))
def change_many_runs(
    request: Annotated[BulkRequest, Body(openapi_examples=examples.BULK)], board: BoardDep
) -> BulkRead:
    """Stops, deletes, tags or untags the runs of `ids`, or all that match `query`, which takes the filters of
    `GET /api/runs`, except those of `without`. If that leaves another number of runs than `expected`, nothing is
    changed (409). `refused` has the runs that could not be changed, each with the reason; the others are changed.

    Runs are changed in batches, so that other requests are not blocked. A request that breaks off may be repeated,
    without `expected` once some of its runs are deleted.
    """
    return change_runs(board.database, board.redis_stream, board.settings.data_dir, request)
