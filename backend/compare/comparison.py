"""Compares runs: their settings, their results, and for two runs their predictions."""

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy.orm import Session

from backend.compare.differences import differences
from backend.compare.pair import compare, load_pair
from backend.compare.results import compared_runs
from backend.compare.samples import first_samples
from backend.compare.schemas import Comparison, ComparisonQuery, Pair
from backend.compare.selection import named_runs
from backend.db.models import Run
from backend.errors import Conflict, NotFound


def compare_runs(session: Session, data_dir: Path, query: ComparisonQuery) -> Comparison:
    """Compares the runs of the query.

    Raises:
        Invalid: As `named_runs`, or the query names a class that the runs do not have.
        NotFound: As `named_runs`.
    """
    runs = named_runs(session, query.runs)
    different, common = differences([run.trained_spec for run in runs])
    pair, pair_reason = _pair(session, data_dir, runs, query)
    return Comparison(
        runs=compared_runs(session, data_dir, runs, query),
        differences=different,
        common=common,
        pair=pair,
        pair_reason=pair_reason,
    )


def _pair(
    session: Session, data_dir: Path, runs: Sequence[Run], query: ComparisonQuery
) -> tuple[Pair | None, str | None]:
    """Returns the comparison of two runs' predictions, or the reason why there is none."""
    if len(runs) != 2:
        return None, f"Predictions are compared image by image for two runs; these are {len(runs)}."
    try:
        first, second = load_pair(session, data_dir, (runs[0], runs[1]), (query.epoch, query.epoch), query.split)
    except (Conflict, NotFound) as error:
        return None, error.detail
    pair = compare(first, second)
    return pair.model_copy(update={"samples": first_samples(first, second, query)}), None
