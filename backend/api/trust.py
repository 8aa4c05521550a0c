"""Routes that say whether a run can be believed: its calibration."""

from typing import Annotated

from fastapi import APIRouter, Query

from backend.api.deps import BoardDep, RunDep, SessionDep
from backend.trust.schemas import CalibrationQuery, CalibrationRead

router = APIRouter(prefix="/api/runs/{run_id}", tags=["analysis"])


@router.get("/calibration", summary="Read how well confidence matches accuracy")
def read_calibration(
    run: RunDep, session: SessionDep, board: BoardDep, query: Annotated[CalibrationQuery, Query()]
) -> CalibrationRead:
    """Returns the expected calibration error and its bins, and what answering only when sure would give.

    For the best epoch also after temperature scaling, fitted on the validation images and judged on other ones.
    """
    from backend.trust import calibration

    return calibration.read_calibration(session, board.settings.data_dir, run, query)
