"""Routes of a run's mistakes: all of an epoch at once, confused pairs, one class, and slices.

The analysis is imported at the first request.
"""

from typing import Annotated

from fastapi import Path, Query

from backend.api.deps import BoardDep, RunDep, SessionDep
from backend.api.http.router import Router
from backend.mistakes.schemas import ClassRead, ConfusedPairsRead, MistakesQuery, MistakesRead, PairsQuery, SlicesRead
from backend.runs.analysis_schemas import EpochQuery
from backend.runs.stored_predictions import load

router = Router(prefix="/api/runs/{run_id}", tags=["analysis"])

MAX_POSITION = 2**31 - 1
Position = Annotated[int, Path(ge=0, le=MAX_POSITION, description="position of the class, counted from 0")]


@router.get("/mistakes", summary="Read the mistakes of an epoch")
def read_mistakes(
    run: RunDep, session: SessionDep, board: BoardDep, query: Annotated[MistakesQuery, Query()]
) -> MistakesRead:
    """Returns confusion matrix, report, a page of samples, and with `slices=true` the slices: all of one epoch, so that
    a page that follows a run in training reads them with one request."""
    from backend.mistakes.overview import mistakes

    return mistakes(session, board.settings.data_dir, run, query)


@router.get("/confused-pairs", summary="List the pairs of classes that are confused")
def list_confused_pairs(
    run: RunDep, session: SessionDep, board: BoardDep, query: Annotated[PairsQuery, Query()]
) -> ConfusedPairsRead:
    """Lists which class is taken for which, after an epoch, the most frequent first.

    The pages of a list stay with the epoch of the first one, also when a better epoch comes.
    """
    from backend.mistakes.confused_pairs import page_start, pairs_page

    start = page_start(query)
    return pairs_page(load(session, board.settings.data_dir, run, start.epoch, query.split), query, start.offset)


@router.get("/classes/{position}", summary="Read one class of a run")
def read_class(
    run: RunDep, position: Position, session: SessionDep, board: BoardDep, query: Annotated[EpochQuery, Query()]
) -> ClassRead:
    """Returns precision, recall and F1 with intervals, their curve over the epochs, what the class is confused with,
    and its worst and most typical images."""
    from backend.mistakes.class_page import class_page

    data_dir = board.settings.data_dir
    stored = load(session, data_dir, run, query.epoch, query.split)
    return class_page(session, data_dir, run, stored, position)


@router.get("/slices", summary="Read the accuracy of slices")
def read_slices(run: RunDep, session: SessionDep, board: BoardDep, query: Annotated[EpochQuery, Query()]) -> SlicesRead:
    """Returns the accuracy by class, brightness, contrast and color of the images, and by what their upload kept: size
    of the original, folder, columns of labels.csv. Weak slices are found by a test that allows for all comparisons."""
    from backend.mistakes.slices import run_slices

    data_dir = board.settings.data_dir
    return run_slices(session, data_dir, run, load(session, data_dir, run, query.epoch, query.split))
