"""Routes of uploads: look at a zip before it is settled, and make it a dataset."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any

from fastapi import Path as PathParameter
from fastapi import Query, Request, Response
from starlette.concurrency import run_in_threadpool

from backend.api.deps import Board, BoardDep
from backend.api.http.limits import WriteSlot, run_looking, run_writing
from backend.api.http.openapi import problems
from backend.api.http.request_body import check_length, drained_on_error, receive_body
from backend.api.http.router import Router
from backend.datasets import registry
from backend.datasets.schemas import DatasetRead, UploadOptions, UploadQuery
from backend.files import ReceivedFile
from backend.uploads import new_dataset
from backend.uploads.look import kept
from backend.uploads.look.process import look_at_zip
from backend.uploads.look.schemas import KeptLook, Look

router = Router(prefix="/api", tags=["datasets"])

ZIP: dict[str, Any] = {
    "required": True,
    "description": "The bytes of a zip: `curl --data-binary @shells.zip -H 'Content-Type: application/zip' …`",
    "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
}
ZIP_OR_NONE = {**ZIP, "required": False, "description": f"{ZIP['description']} No body with `upload`."}
LOOK: dict[int | str, dict[str, Any]] = {200: {"model": Look, "description": "With `dry_run`: what would be stored"}}
Options = Annotated[UploadOptions, Query()]
UploadId = Annotated[str, PathParameter(description="id of a kept zip, as `POST /api/uploads` returns it")]


@router.post(
    "/datasets",
    status_code=202,
    response_model=DatasetRead,
    summary="Upload a dataset",
    openapi_extra={"requestBody": ZIP_OR_NONE},
    responses=problems(404, 408, 409) | LOOK,
)
async def upload_dataset(query: Annotated[UploadQuery, Query()], request: Request, board: BoardDep) -> Any:
    """Uploads a zip of class folders, also below train/ and test/, or with a table of labels beside the images.

    Names, sizes and layout are checked before the response; a name that exists is 409. A worker reads the images
    afterwards: `skipped` then names a few broken ones, and `error` says why the dataset was rejected. `dry_run` only
    responds what would be stored; `upload` takes a zip that was looked at and kept, in place of a body.
    """
    async with drained_on_error(request):
        if query.dry_run:
            return await _dry_run(query, request, board)
        name = new_dataset.validated_name(query.name)
        await run_in_threadpool(_check_free, board, name)
        if query.upload is not None:
            return await _add(board, name, query, await _find(board, query.upload))
        async with receive_upload(request, board) as body:
            return await _add(board, name, query, body.path)


@router.post(
    "/uploads",
    status_code=201,
    summary="Look at an upload",
    openapi_extra={"requestBody": ZIP},
    responses=problems(408),
)
async def keep_upload(options: Options, request: Request, board: BoardDep) -> KeptLook:
    """Looks at a zip and keeps it for a day: what was understood, counts and pictures of each class, what looks wrong
    and what may be chosen instead. `POST /api/datasets?upload=ID&name=N` makes it a dataset.
    """
    async with drained_on_error(request), receive_upload(request, board) as body:
        look = await run_looking(look_at_zip, body.path, options)
        upload_id = await run_in_threadpool(kept.keep, board.settings.data_dir, body.path)
        return KeptLook(id=upload_id, **dict(look))


@router.get("/uploads/{upload_id}", summary="Look at an upload again", responses=problems(404))
async def look_again(upload_id: UploadId, options: Options, board: BoardDep) -> KeptLook:
    """Looks at a kept zip with other options."""
    look = await run_looking(look_at_zip, await _find(board, upload_id), options)
    return KeptLook(id=upload_id, **dict(look))


@router.delete(
    "/uploads/{upload_id}",
    status_code=204,
    dependencies=[WriteSlot],
    response_class=Response,
    summary="Delete an upload",
    responses=problems(404),
)
def delete_upload(upload_id: UploadId, board: BoardDep) -> None:
    """Deletes a kept zip that is not to become a dataset."""
    kept.remove(board.settings.data_dir, upload_id)


@asynccontextmanager
async def receive_upload(request: Request, board: Board) -> AsyncIterator[ReceivedFile]:
    """Yields the body as a file, which is deleted after the block unless the block renamed it."""
    limit = board.settings.max_upload_bytes
    check_length(request, limit)
    async with receive_body(request, new_dataset.new_upload_path(board.settings.data_dir), limit) as body:
        yield body


async def _dry_run(query: UploadQuery, request: Request, board: Board) -> Response:
    if query.upload is not None:
        look = await run_looking(look_at_zip, await _find(board, query.upload), query)
    else:
        async with receive_upload(request, board) as body:
            look = await run_looking(look_at_zip, body.path, query)
    return Response(look.model_dump_json(), media_type="application/json")


async def _find(board: Board, upload_id: str) -> Path:
    return await run_in_threadpool(kept.find, board.settings.data_dir, upload_id)


def _check_free(board: Board, name: str) -> None:
    with board.database.read() as session:
        new_dataset.check_name_is_free(session, name)


async def _add(board: Board, name: str, options: UploadOptions, path: Path) -> DatasetRead:
    look = await run_looking(look_at_zip, path, options, with_pictures=False)
    await run_in_threadpool(new_dataset.check_disk_space, board.settings.data_dir, look.images, options)
    return await run_writing(_accept, board, name, options, path)


def _accept(board: Board, name: str, options: UploadOptions, path: Path) -> DatasetRead:
    """Makes the row. The zip gets its name back where that fails: a kept one stays, and a body is then deleted."""
    data_dir = board.settings.data_dir
    archive = new_dataset.keep_archive(data_dir, path)
    try:
        with board.database.write() as session:
            result = registry.dataset_read(name, new_dataset.create(session, name, archive, options))
    except BaseException:
        (data_dir / archive).rename(path)
        raise
    board.wakeups.prepare(name)
    return result
