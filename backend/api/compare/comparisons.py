"""Routes of comparisons: settings, results, predictions and curves of several runs."""

from typing import Annotated

from fastapi import Query, Response

from backend.api.deps import BoardDep, SessionDep
from backend.api.http.openapi import problems
from backend.api.http.router import Router
from backend.compare.comparison import compare_runs
from backend.compare.curves import compare_curves
from backend.compare.curves_csv import curves_csv
from backend.compare.group_test import group_test
from backend.compare.lineage import lineage
from backend.compare.samples import compared_samples
from backend.compare.schemas import (
    ComparedSamples,
    ComparedSamplesQuery,
    Comparison,
    ComparisonQuery,
    Curves,
    CurvesQuery,
    GroupTest,
    GroupTestQuery,
    Lineage,
    RunIds,
)
from backend.compare.selection import named_runs

router = Router(prefix="/api/compare", tags=["compare"])


class CsvResponse(Response):
    media_type = "text/csv"


@router.get("", summary="Compare runs", responses=problems(404))
def read_comparison(session: SessionDep, board: BoardDep, query: Annotated[ComparisonQuery, Query()]) -> Comparison:
    """Compares 2 to 50 runs: which settings differ, with defaults filled in, and what each run scored and cost.

    For two runs that were scored on the same images with the same classes, `pair` has their agreement, the difference
    of their confusion matrices, and McNemar's exact test; otherwise `pair_reason` says why it is null.
    """
    return compare_runs(session, board.settings.data_dir, query)


@router.get("/curves", summary="Read the curves of many runs", responses=problems(404))
def read_curves(session: SessionDep, board: BoardDep, query: Annotated[CurvesQuery, Query()]) -> Curves:
    """Returns one metric of up to 1,000 runs by epoch, seconds or images seen: a line for each run, or for each group
    of runs with equal `group_by` fields, the mean ± standard deviation.

    A run without the metric is in `left_out` with the reason. A field that a run does not have is null.
    """
    return compare_curves(session, board.settings.data_dir, query)


@router.get("/curves.csv", summary="Download curves as CSV", response_class=CsvResponse, responses=problems(404))
def download_curves(session: SessionDep, board: BoardDep, query: Annotated[CurvesQuery, Query()]) -> CsvResponse:
    """Downloads the lines of `GET /api/compare/curves` with the same query, one line of text for each point."""
    text = curves_csv(compare_curves(session, board.settings.data_dir, query))
    return CsvResponse(text, headers={"Content-Disposition": 'attachment; filename="curves.csv"'})


@router.get("/groups", summary="Test groups of runs")
def read_group_test(session: SessionDep, query: Annotated[GroupTestQuery, Query()]) -> GroupTest | None:
    """Tests whether the best group of matching runs is better than the next one by more than chance: seed by seed where
    they have the same seeds, otherwise by Welch's t-test. Null where fewer than two groups have a value.
    """
    return group_test(session, query)


@router.get("/samples", summary="List the images that two runs see differently", responses=problems(404, 409))
def list_compared_samples(
    session: SessionDep, board: BoardDep, query: Annotated[ComparedSamplesQuery, Query()]
) -> ComparedSamples:
    """Lists the images that the second run fixed or broke, or that both get wrong or right, with both predictions.

    Runs that were not scored on the same images, or have other classes, answer 409.
    """
    return compared_samples(session, board.settings.data_dir, query)


@router.get("/lineage", summary="Read where runs come from", responses=problems(404))
def read_lineage(session: SessionDep, runs: Annotated[RunIds, Query()]) -> Lineage:
    """Returns the runs with all that they were cloned or initialised from and the newest that came from them, the
    settings that changed on each step, when they were resumed, and the decisions about them.

    An ancestor that was deleted is a node with the status `deleted`.
    """
    return lineage(session, named_runs(session, runs, least=1))
