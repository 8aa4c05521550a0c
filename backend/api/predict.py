"""A run's best model over HTTP, on a picture of one's own."""

from typing import Any

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool

from backend.api.deps import Board, BoardDep
from backend.api.request_body import check_length, drained_on_error, receive_body
from backend.artifacts import prediction
from backend.artifacts.prediction import MAX_IMAGE_BYTES, Prediction
from backend.errors import Invalid
from backend.files import ReceivedFile

router = APIRouter(prefix="/api/runs", tags=["runs"])

IMAGE: dict[str, Any] = {"required": True, "content": {"image/*": {"schema": {"type": "string", "format": "binary"}}}}
LIMIT_ADVICE = "Save the image in a smaller size; a network sees only a few hundred pixels of it."
ASKED_AT_ONCE = 8
"""Threads that may wait for an answer. Who comes after them waits without one, so that the board serves others."""


@router.post("/{run_id}/predict", openapi_extra={"requestBody": IMAGE})
async def predict(run_id: str, request: Request, board: BoardDep) -> Prediction:
    """What the best model makes of an image: the likeliest classes, five at most.

    The image is read as those of uploaded datasets are, and prepared as the run's own were.
    """
    async with drained_on_error(request):
        await run_in_threadpool(prediction.build_request, board.database, run_id)
        check_length(request, MAX_IMAGE_BYTES, LIMIT_ADVICE)
        path = prediction.new_image_path(board.settings.data_dir)
        async with receive_body(request, path, MAX_IMAGE_BYTES, LIMIT_ADVICE) as body:
            return await to_thread.run_sync(_predict, board, run_id, body, limiter=_limiter(request))


def _predict(board: Board, run_id: str, body: ReceivedFile) -> Prediction:
    if not body.size:
        raise Invalid("The body is empty; send the bytes of an image, JPEG or PNG for example.")
    return prediction.predict(board.database, board.helper, run_id, body.path)


def _limiter(request: Request) -> CapacityLimiter:
    """One for each event loop, which it belongs to."""
    state = request.app.state
    if not hasattr(state, "predicting"):
        state.predicting = CapacityLimiter(ASKED_AT_ONCE)
    limiter: CapacityLimiter = state.predicting
    return limiter
