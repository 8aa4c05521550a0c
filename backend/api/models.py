"""The route that reads the file of a model."""

from typing import Annotated, Any

from fastapi import Query, Request
from starlette.concurrency import run_in_threadpool

from backend.api.deps import Board, BoardDep
from backend.api.http.limits import run_looking
from backend.api.http.openapi import problems
from backend.api.http.request_body import check_length, drained_on_error, receive_body
from backend.api.http.router import Router
from backend.model_files import read
from backend.model_files.architecture import Architecture, read_architecture
from backend.model_files.schemas import ModelRead
from backend.requests import Line
from backend.uploads.new_dataset import new_upload_path

router = Router(prefix="/api/models", tags=["specs"])

MODEL_FILE: dict[str, Any] = {
    "required": True,
    "description": "The bytes of a file: `curl --data-binary @model.keras …`",
    "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
}
Dataset = Annotated[Line | None, Query(max_length=100, description="the dataset that the model is compared with")]


@router.post(
    "/read",
    summary="Read the file of a model",
    openapi_extra={"requestBody": MODEL_FILE},
    responses=problems(404, 408),
)
async def read_model(request: Request, board: BoardDep, dataset: Dataset = None) -> ModelRead:
    """Reads the architecture in a .json, .keras or .h5 file of Keras 1.2 to 3 or TensorFlow.js, as a spec's `model`.

    Its weights and code are not read, and nothing is kept. `fixes` are what a run here has otherwise, each with the
    changes of the spec that settle it. A file that holds no model answers 422 and says what it is.
    """
    async with drained_on_error(request):
        limit = board.settings.max_upload_bytes
        check_length(request, limit)
        async with receive_body(request, new_upload_path(board.settings.data_dir), limit) as body:
            architecture = await run_looking(read_architecture, body.path)
        return await run_in_threadpool(_compared, board, architecture, dataset)


def _compared(board: Board, architecture: Architecture, dataset: str | None) -> ModelRead:
    with board.database.read() as session:
        found = read.find_dataset(session, dataset)
    return read.read_model(architecture, found)
