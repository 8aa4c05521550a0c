"""Routes that check and preview a spec before a run is launched."""

from typing import Annotated

from fastapi import APIRouter, Query

from backend.api.deps import BoardDep, SessionDep
from backend.planning import check
from backend.planning.preview import SpecPreview, preview
from backend.planning.schemas import SpecCheck
from backend.spec import RunSpec

router = APIRouter(prefix="/api/specs", tags=["specs"])


@router.post("/check")
def check_spec(spec: RunSpec, session: SessionDep, board: BoardDep) -> SpecCheck:
    """Returns the network of a spec, its costs, and errors and warnings about the spec."""
    return check.check(session, spec, board.settings.lease_seconds)


@router.post("/preview")
def preview_spec(spec: RunSpec, board: BoardDep, seed: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0) -> SpecPreview:
    """Returns sixteen training images with the spec's augmentation applied, chosen by `seed`."""
    return preview(board.database, board.helper, spec, seed)
