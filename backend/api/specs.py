"""Specs over HTTP: what one would train, and why it can't."""

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
    """The network that a spec describes, what it costs, and what is wrong with the spec."""
    return check.check(session, spec, board.settings.lease_seconds)


@router.post("/preview")
def preview_spec(spec: RunSpec, board: BoardDep, seed: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0) -> SpecPreview:
    """Sixteen training images as the spec's augmentation varies them; another `seed` shows others."""
    return preview(board.database, board.helper, spec, seed)
