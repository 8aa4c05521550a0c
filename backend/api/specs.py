"""Specs over HTTP: what one would train, and why it can't."""

from fastapi import APIRouter

from backend import check
from backend.api.deps import BoardDep, SessionDep
from backend.check_schemas import SpecCheck
from backend.spec import RunSpec

router = APIRouter(prefix="/api/specs", tags=["specs"])


@router.post("/check")
def check_spec(spec: RunSpec, session: SessionDep, board: BoardDep) -> SpecCheck:
    """The network that a spec describes, what it costs, and what is wrong with the spec."""
    return check.check(session, spec, board.settings.lease_seconds)
