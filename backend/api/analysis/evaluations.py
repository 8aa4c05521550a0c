"""Routes of evaluations: what is computed from a run's best model after training."""

from typing import Annotated, Any

from fastapi import Body, Path, Query, Response
from fastapi.responses import JSONResponse

from backend.api.deps import Board, BoardDep, RunDep, RunId, SessionDep
from backend.api.http.examples import EVALUATION
from backend.api.http.limits import WriteSlot
from backend.api.http.lists import Items
from backend.api.http.openapi import problems
from backend.api.http.router import Router
from backend.evaluations import jobs, robustness
from backend.evaluations.map import read_map as map_of
from backend.evaluations.schemas import EvaluationRead, EvaluationRequest, Kind, MapRead, RobustnessRead
from backend.runs.read import get_run

router = Router(prefix="/api/runs/{run_id}", tags=["evaluations"])

Condition = Annotated[str, Path(description="`clean`, `blur-1`, …", max_length=20)]
Of = Annotated[str | None, Query(alias="of", description="names the test in a cache", max_length=40)]
BINARY = {"schema": {"type": "string", "format": "binary"}}
COMPUTING: dict[int | str, dict[str, Any]] = {
    202: {"model": EvaluationRead, "description": "It is being computed; ask again in a few seconds"}
}


@router.post(
    "/evaluations",
    status_code=202,
    dependencies=[WriteSlot],
    summary="Compute something from the best model",
    responses=problems(409),
)
def request_evaluation(
    run_id: RunId, board: BoardDep, body: Annotated[EvaluationRequest, Body(openapi_examples=EVALUATION)]
) -> EvaluationRead:
    """Requests an evaluation of the best model. One that is ready or being computed is left unchanged.

    One of an earlier best model is computed again. A run without a best model answers 409.
    """
    return _request(board, run_id, body.kind)


@router.get("/evaluations", summary="List a run's evaluations")
def list_evaluations(run: RunDep, session: SessionDep) -> Items[EvaluationRead]:
    """Lists the evaluations that were requested of a run, with status and progress."""
    return Items(items=jobs.all_evaluations(session, run.id))


@router.get(
    "/map",
    response_model=MapRead,
    summary="Read the map of the validation images",
    responses={**COMPUTING, **problems(409)},
)
def read_map(run_id: RunId, board: BoardDep) -> MapRead | Response:
    """Returns a place in the plane for each validation image: images that the network sees alike are close (t-SNE).

    The first request starts the computation. A run without a best model, or a computation that failed, answers 409.
    """
    with board.database.read() as session:
        run = get_run(session, run_id)
        if (row := jobs.ready(session, run_id, "map")) is not None:
            return map_of(session, board.settings.data_dir, run, row)
    return _computing(board, run_id, "map")


@router.get(
    "/robustness",
    response_model=RobustnessRead,
    summary="Read the accuracy on disturbed images",
    responses={**COMPUTING, **problems(409)},
)
def read_robustness(run_id: RunId, board: BoardDep) -> RobustnessRead | Response:
    """Returns the accuracy under blur, noise, darkness, JPEG and rotation at five strengths, with intervals.

    The first request starts the computation. A run without a best model, or a computation that failed, answers 409.
    """
    with board.database.read() as session:
        get_run(session, run_id)
        if (row := jobs.ready(session, run_id, "robustness")) is not None:
            return robustness.read_robustness(session, row)
    return _computing(board, run_id, "robustness")


@router.get(
    "/robustness/{condition}.png",
    response_class=Response,
    summary="Read an example of a disturbance",
    responses={200: {"description": "The image", "content": {"image/png": BINARY}}},
)
def read_robustness_example(
    run: RunDep, session: SessionDep, board: BoardDep, condition: Condition, _of: Of = None
) -> Response:
    """Returns one validation image as it is (`clean`) or disturbed (`blur-1` to `rotation-5`)."""
    png = robustness.example_png(session, board.settings.data_dir, run, condition)
    return Response(png, media_type="image/png", headers={"Cache-Control": "private, max-age=86400"})


def _computing(board: Board, run_id: str, kind: Kind) -> Response:
    """Starts an evaluation that was never requested. A result depends on the best model only: this fills a cache.

    Call it without a session: requests that hold a connection and wait for another would wait for each other.
    """
    return JSONResponse(_request(board, run_id, kind).model_dump(mode="json"), 202)


def _request(board: Board, run_id: str, kind: Kind) -> EvaluationRead:
    with board.database.write() as session:
        jobs.request_evaluation(session, get_run(session, run_id, lock=True), kind)
        session.flush()
        read = next(item for item in jobs.all_evaluations(session, run_id) if item.kind == kind)
    board.wakeups.evaluate(run_id, kind)
    return read
