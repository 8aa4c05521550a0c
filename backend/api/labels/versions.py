"""Routes of a dataset's versions: make one, and what it changes."""

from typing import Annotated

from fastapi import Body, Query

from backend.api.deps import BoardDep, DatasetName, SessionDep
from backend.api.http import examples
from backend.api.http.limits import WriteSlot
from backend.api.http.openapi import problems
from backend.api.http.router import Router
from backend.datasets.derivation import Derivation
from backend.datasets.schemas import DatasetRead
from backend.labels import corrected, new_version
from backend.labels.schemas import CorrectedScores, Corrections, JudgesQuery

router = Router(prefix="/api/datasets/{name}", tags=["labels"])


@router.post(
    "/versions",
    status_code=202,
    dependencies=[WriteSlot],
    summary="Make a new version",
    responses=problems(404, 409),
)
def create_version(
    name: DatasetName, request: Annotated[Derivation, Body(openapi_examples=examples.VERSION)], board: BoardDep
) -> DatasetRead:
    """Makes `NAME@2` (or 3, …): a dataset of its own, with images left out or relabelled, classes merged, renamed or
    left out. With another `image_size`, `fit` or `color`, its images are decoded again from the zip that was uploaded,
    if it is kept. A worker writes it; `GET /api/datasets/NAME@2` says when it is ready. `changes` name images of this
    one.

    This dataset and the runs on it stay as they are. A new run whose spec names no version gets the newest one.
    """
    version = new_version.create_version(board.database, board.settings.data_dir, name, request)
    board.wakeups.prepare(version.name)
    return version


@router.get("/corrections", summary="Preview a new version")
def preview_version(
    name: DatasetName, session: SessionDep, board: BoardDep, query: Annotated[JudgesQuery, Query()]
) -> Corrections:
    """Returns what a version made of the decisions about this dataset would change, and the accuracy of the runs on the
    corrected labels beside the one that they have. The latter is computed from stored predictions.
    """
    return corrected.preview(session, board.settings.data_dir, name, query.run_ids())


@router.get("/corrected-scores", summary="Score runs on another version's labels")
def list_corrected_scores(
    name: DatasetName, session: SessionDep, board: BoardDep, query: Annotated[JudgesQuery, Query()]
) -> CorrectedScores:
    """Returns the accuracy of runs on other versions of this dataset on the labels of this version, beside the one that
    they have. Images that this version does not have do not count.
    """
    return corrected.version_scores(session, board.settings.data_dir, name, query.run_ids())
