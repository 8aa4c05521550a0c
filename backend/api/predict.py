"""The route that predicts an uploaded image with a run's best model."""

from typing import Annotated, Any

from fastapi import Query, Request
from starlette.concurrency import run_in_threadpool

from backend.api.deps import Board, BoardDep, RunId
from backend.api.http.limits import HELPER
from backend.api.http.openapi import problems
from backend.api.http.request_body import check_length, drained_on_error, receive_body
from backend.api.http.router import Router
from backend.artifacts import prediction
from backend.artifacts.prediction import MAX_IMAGE_BYTES, Prediction, PredictionOptions
from backend.errors import Invalid
from backend.files import ReceivedFile

router = Router(prefix="/api/runs", tags=["runs"])

IMAGE: dict[str, Any] = {
    "required": True,
    "description": "The bytes of an image: `curl --data-binary @shoe.jpg -H 'Content-Type: image/jpeg' …`",
    "content": {"image/*": {"schema": {"type": "string", "format": "binary"}}},
}
LIMIT_ADVICE = "Save the image in a smaller size; a network sees only a few hundred pixels of it."


@router.post(
    "/{run_id}/predict",
    summary="Predict an image",
    openapi_extra={"requestBody": IMAGE},
    responses=problems(408, 409),
)
async def predict(
    run_id: RunId, options: Annotated[PredictionOptions, Query()], request: Request, board: BoardDep
) -> Prediction:
    """Predicts the class of an image with the run's best model: the likeliest classes, five unless `top` says more.

    The image is decoded like one of an uploaded dataset and preprocessed like the run's own images. It is deleted
    before the response. A run without a best model answers 409. For one camera frame after the other use `seen=false`.
    """
    async with drained_on_error(request):
        await run_in_threadpool(prediction.build_request, board.database, run_id)
        check_length(request, MAX_IMAGE_BYTES, LIMIT_ADVICE)
        path = prediction.new_image_path(board.settings.data_dir)
        async with receive_body(request, path, MAX_IMAGE_BYTES, LIMIT_ADVICE, is_synced=False) as body, HELPER.slot():
            return await run_in_threadpool(_predict, board, run_id, body, options)


def _predict(board: Board, run_id: str, body: ReceivedFile, options: PredictionOptions) -> Prediction:
    if not body.size:
        raise Invalid("The image is empty (0 bytes); send a JPEG or a PNG, for example.")
    return prediction.predict(board.database, board.helper, run_id, body.path, options)
