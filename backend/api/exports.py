"""Exports of a run's best model over HTTP."""

from fastapi import APIRouter

from backend.api.deps import BoardDep, RunDep, SessionDep
from backend.api.lists import Items
from backend.artifacts import exports
from backend.artifacts.schemas import ExportRead
from backend.runs.read import get_run

router = APIRouter(prefix="/api/runs/{run_id}/exports", tags=["artifacts"])


@router.get("")
def list_exports(run: RunDep, session: SessionDep) -> Items[ExportRead]:
    """How each kind of export stands; the files themselves are artifacts."""
    return Items(items=exports.all_exports(session, run.id))


@router.post("/{kind}", status_code=202)
def make_export(run_id: str, kind: exports.Kind, board: BoardDep) -> ExportRead:
    """Have the best model made into a bundle, a SavedModel, a TFLite or an ONNX file, and proved."""
    with board.database.write() as session:
        exports.request_export(session, get_run(session, run_id, lock=True), kind)
        session.flush()
        shown = next(one for one in exports.all_exports(session, run_id) if one.kind == kind)
    board.wakeups.export(run_id, kind)
    return shown
