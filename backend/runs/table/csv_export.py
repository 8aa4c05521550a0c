"""Writes matching runs as CSV, one batch after the other, so that neither memory nor a transaction grows with them."""

from collections.abc import Iterator, Sequence

from backend.csv_text import csv_lines
from backend.db.engine import Database
from backend.runs.table.fields import RunField, find_fields
from backend.runs.table.listing import SortedRuns, sorted_ids
from backend.runs.table.values import field_values

BATCH = 500  # runs that are read at once
DEFAULT_COLUMNS = (
    "name,status,dataset,model,tags,study,recipe,created_at,started_at,finished_at,seconds,epoch,epochs,parameters,"
    "best.epoch,best.loss,best.accuracy,best.val_loss,best.val_accuracy,best.val_macro_f1,test.accuracy,test.loss,notes"
)


def csv_blocks(database: Database, query: SortedRuns) -> Iterator[str]:
    """Returns the blocks of a CSV file: the paths of the columns, then one line for each run, its id first.

    Raises:
        Invalid: A column, a condition or the order is not allowed; raised at once, not with the first block.
    """
    fields = find_fields(f"id,{query.columns or DEFAULT_COLUMNS}", ["query", "columns"])
    with database.read() as session:
        run_ids = sorted_ids(session, query)
    return _blocks(database, run_ids, fields)


def _blocks(database: Database, run_ids: Sequence[str], fields: Sequence[RunField]) -> Iterator[str]:
    yield csv_lines([[field.path for field in fields]])
    for start in range(0, len(run_ids), BATCH):
        batch = run_ids[start : start + BATCH]
        with database.read() as session:
            values = field_values(session, batch, fields)
        yield csv_lines([*values[run_id].values()] for run_id in batch if run_id in values)
