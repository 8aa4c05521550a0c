"""Routes that say whether a run can be believed: its calibration, and how its exports answer."""

from typing import Annotated

from fastapi import Body, Query

from backend.api.deps import BoardDep, RunDep, RunId, SessionDep
from backend.api.http import examples
from backend.api.http.limits import WriteSlot
from backend.api.http.openapi import problems
from backend.api.http.router import Router
from backend.artifacts import exports
from backend.runs.read import get_run
from backend.trust import answering
from backend.trust.answering import AnsweringChoice
from backend.trust.schemas import CalibrationQuery, CalibrationRead

router = Router(prefix="/api/runs/{run_id}", tags=["analysis"])


@router.get("/calibration", summary="Read how well confidence matches accuracy")
def read_calibration(
    run: RunDep, session: SessionDep, board: BoardDep, query: Annotated[CalibrationQuery, Query()]
) -> CalibrationRead:
    """Returns the expected calibration error and its bins, and what answering only when sure would give.

    For the best epoch also after temperature scaling, fitted on the validation images and judged on other ones.
    """
    from backend.trust import calibration

    return calibration.read_calibration(session, board.settings.data_dir, run, query)


@router.get("/answering", summary="Read how the exports answer")
def read_answering(run: RunDep, session: SessionDep) -> AnsweringChoice:
    """Returns whether exports scale probabilities by a temperature, and how sure the bundle must be to answer."""
    return answering.chosen(session, run.id)


@router.put("/answering", dependencies=[WriteSlot], summary="Choose how the exports answer", responses=problems(409))
def choose_answering(
    run_id: RunId, choice: Annotated[AnsweringChoice, Body(openapi_examples=examples.ANSWERING)], board: BoardDep
) -> AnsweringChoice:
    """Stores the choice, and makes and proves again all exports that were requested before.

    `temperature` scales the probabilities of every export. `threshold` is of the bundle: its `predict.py` answers
    "not sure" below it. A run without a best model answers 409.
    """
    with board.database.write() as session:
        run = get_run(session, run_id, lock=True)
        answering.choose(session, run, choice)
        kinds = exports.request_again(session, run)
    for kind in kinds:
        board.wakeups.export(run_id, kind)
    return choice
