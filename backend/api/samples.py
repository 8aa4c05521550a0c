"""Routes of one image of a run."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from backend.api.deps import BoardDep, RunId, SessionDep
from backend.samples.detail import sample_detail
from backend.samples.schemas import ImageQuery, SampleDetail

router = APIRouter(prefix="/api/runs/{run_id}/samples/{index}", tags=["analysis"])

MAX_INDEX = 2**31 - 1
Index = Annotated[int, Path(ge=0, le=MAX_INDEX, description="position in the stored split, as `samples` lists it")]


@router.get("", summary="Read the story of an image")
def read_sample(
    run_id: RunId, index: Index, session: SessionDep, board: BoardDep, query: Annotated[ImageQuery, Query()]
) -> SampleDetail:
    """Returns an image with the likeliest classes at the best epoch, its prediction after each epoch, and what other
    finished runs on the same dataset say of it."""
    return sample_detail(session, board.settings.data_dir, run_id, index, query.split)
