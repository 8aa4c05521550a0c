"""A page of the list as JSON. What it shows of a run that has ended is written once, until that run is changed."""

from collections.abc import Sequence

from pydantic_core import to_json
from sqlalchemy.orm import Session

from backend.db.models import ENDED
from backend.runs.read import read_listed
from backend.runs.table.columns.kept_json import KeptJson
from backend.runs.table.columns.loaded import columns_if_loaded
from backend.runs.table.fields import find_fields
from backend.runs.table.listing import RunQuery, find_page
from backend.runs.table.rows import read_rows


def page_json(session: Session, query: RunQuery) -> bytes:
    """Returns a page of runs as JSON, without a model for each run.

    Of a run that has ended, no value depends on the clock or on another run.
    """
    fields = find_fields(query.columns, ["query", "columns"])
    view = (query.view, *(field.path for field in fields))
    with columns_if_loaded(session, query) as columns:
        ids, next_cursor, total = find_page(session, query, columns)
        kept = KeptJson() if columns is None else columns.json
        texts, drops = kept.look_up(view, ids)
    if missing := [run_id for run_id in ids if run_id not in texts]:
        runs = read_listed(session, missing) if query.view == "run" else read_rows(session, missing, fields)
        new = {run["id"]: to_json(run, inf_nan_mode="null") for run in runs}
        kept.add(view, {run["id"]: new[run["id"]] for run in runs if run["status"] in ENDED}, drops)
        texts = {**texts, **new}
    return _page([texts[run_id] for run_id in ids if run_id in texts], next_cursor, total)


def _page(items: Sequence[bytes], next_cursor: str | None, total: int) -> bytes:
    return b'{"items":[%b],"next_cursor":%b,"total":%d}' % (b",".join(items), to_json(next_cursor), total)
