"""Routes of datasets: list, prepare, download and delete them, and read their images."""

from typing import Annotated, Any

from fastapi import Header, Path, Query, Request, Response
from fastapi.responses import StreamingResponse
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from backend.api.deps import Board, BoardDep, DatasetName, SessionDep
from backend.api.http.limits import WriteSlot, run_writing
from backend.api.http.lists import Page
from backend.api.http.openapi import problems
from backend.api.http.request_body import drained_on_error
from backend.api.http.router import Router
from backend.api.uploads import receive_upload
from backend.datasets import feature_store, images, npz, registry, source_files
from backend.datasets.image_pages import ImagesQuery, ImagesRead, select_images
from backend.datasets.registry import BUILT_IN
from backend.datasets.schemas import DatasetRead
from backend.errors import Conflict
from backend.files import ReceivedFile, remove_folder
from backend.workers import all_workers, cached_datasets

router = Router(prefix="/api/datasets", tags=["datasets"])

BINARY = {"schema": {"type": "string", "format": "binary"}}
NPZ: dict[str, Any] = {"application/octet-stream": BINARY}
IMMUTABLE = "public, max-age=31536000, immutable"
REVALIDATE = "no-cache"  # after an upload is deleted, another dataset may get its name
FILE: dict[str, Any] = {
    "required": False,
    "description": "An original file, instead of a download: `curl --data-binary @cifar-10-python.tar.gz …`",
    "content": {"application/octet-stream": BINARY},
}
Split = Annotated[str, Path(description="`train`, `validation` or `test`")]
Index = Annotated[int, Path(description="position in the stored split, counted from 0")]


@router.get("", summary="List datasets")
def list_datasets(session: SessionDep, board: BoardDep) -> Page[DatasetRead]:
    """Lists all datasets, built-in ones first, with status, classes and counts. There is one page."""
    items = _with_files(session, board, *registry.all_datasets(session))
    return Page(items=items, total=len(items))


@router.get("/{name}", summary="Read a dataset")
def read_dataset(name: DatasetName, session: SessionDep, board: BoardDep) -> DatasetRead:
    """Returns a dataset with its status, classes, counts by split and class, and what was skipped of an upload."""
    return _with_files(session, board, registry.dataset_read(name, registry.find(session, name)))[0]


@router.post(
    "/{name}/prepare",
    status_code=202,
    summary="Prepare a built-in dataset",
    openapi_extra={"requestBody": FILE},
    responses=problems(408, 409),
)
async def prepare_dataset(name: DatasetName, request: Request, board: BoardDep) -> DatasetRead:
    """Fetches a built-in dataset into the store, with progress; one that is ready is left unchanged.

    The body may be one of its original files, which is recognized by its SHA-256.
    """
    async with drained_on_error(request), receive_upload(request, board) as body:
        await run_in_threadpool(_store_source_file, board, name, body)
        return await run_writing(_prepare, board, name)


@router.get(
    "/{name}/arrays.npz",
    summary="Download a dataset",
    response_class=StreamingResponse,
    responses={200: {"description": "The file", "content": NPZ}},
)
def read_arrays(name: DatasetName, session: SessionDep, board: BoardDep) -> StreamingResponse:
    """Returns a dataset as one file for `numpy.load`: `classes`, and by split `train_images`, `train_labels`."""
    dataset = images.open_current(session, board.settings.data_dir, name)
    headers = {"Content-Disposition": 'attachment; filename="arrays.npz"', "Cache-Control": "no-cache"}
    return StreamingResponse(npz.stream_npz(dataset), media_type="application/octet-stream", headers=headers)


@router.delete(
    "/{name}",
    status_code=204,
    dependencies=[WriteSlot],
    response_class=Response,
    summary="Delete a dataset",
    responses=problems(409),
)
def delete_dataset(name: DatasetName, board: BoardDep) -> None:
    """Deletes a dataset and its images; a preparation in progress is abandoned. 409 while an active run needs it."""
    with board.database.write() as session:
        row = registry.delete(session, name)
    data_dir = board.settings.data_dir
    if row is not None and row.folder is not None:
        remove_folder(data_dir, row.folder)
    if row is not None and (archive := (row.upload or {}).get("archive")):
        (data_dir / archive).unlink(missing_ok=True)


@router.delete(
    "/{name}/features",
    status_code=204,
    dependencies=[WriteSlot],
    response_class=Response,
    summary="Delete the features of a dataset",
    responses=problems(409),
)
def delete_features(name: DatasetName, session: SessionDep, board: BoardDep) -> None:
    """Deletes what frozen backbones made of the images: a later run computes it again. 409 where a run uses a part."""
    registry.find(session, name)
    folder = registry.stored_folder(session, board.settings.data_dir, name)
    if folder is not None and feature_store.delete_all(folder):
        raise Conflict(f"A run trains on features of {name!r}; those are kept. Delete them once it has ended.")


@router.get("/{name}/images", summary="List images")
def list_images(
    name: DatasetName, query: Annotated[ImagesQuery, Query()], session: SessionDep, board: BoardDep
) -> ImagesRead:
    """Lists images of a split, drawn by `seed`: those of one class, or of all classes in turn."""
    return select_images(name, images.open_current(session, board.settings.data_dir, name), query)


@router.get(
    "/{name}/images/{split}/{index}.png",
    summary="Read an image",
    response_class=Response,
    responses={
        200: {"description": "The image", "content": {"image/png": BINARY}},
        304: {"description": "Not changed since the version of `If-None-Match`"},
    },
)
def read_image(
    name: DatasetName,
    split: Split,
    index: Index,
    session: SessionDep,
    board: BoardDep,
    if_none_match: Annotated[str | None, Header(description="`ETag` of the version that you have")] = None,
) -> Response:
    """Returns one image as a PNG, as it is stored. That of a built-in dataset never changes."""
    dataset = images.open_current(session, board.settings.data_dir, name)
    content = images.encode_png(images.split_images(dataset, split), index)
    etag = f'"{dataset.manifest.content_hash[:16]}-{split}-{index}"'
    headers = {"ETag": etag, "Cache-Control": IMMUTABLE if name in BUILT_IN else REVALIDATE}
    if if_none_match is not None and etag in if_none_match:
        return Response(status_code=304, headers=headers)
    return Response(content, media_type="image/png", headers=headers)


def _with_files(session: Session, board: Board, *datasets: DatasetRead) -> list[DatasetRead]:
    """Adds what is known from files: those in the caches of workers, and features beside the images."""
    cached = cached_datasets(all_workers(session, board.settings.lease_seconds))
    return [
        dataset.model_copy(update={"cached": dataset.name in cached, **_feature_use(session, board, dataset)})
        for dataset in datasets
    ]


def _feature_use(session: Session, board: Board, dataset: DatasetRead) -> dict[str, int]:
    folder = registry.stored_folder(session, board.settings.data_dir, dataset.name)
    features = feature_store.disk_bytes(folder) if folder is not None else 0
    return {"feature_bytes": features, "disk_bytes": dataset.disk_bytes + features} if dataset.disk_bytes else {}


def _store_source_file(board: Board, name: str, body: ReceivedFile) -> None:
    if not body.size:
        return
    with board.database.read() as session:
        registry.find(session, name)
    source_files.store(board.settings.data_dir, source_files.identify(name, body), body)


def _prepare(board: Board, name: str) -> DatasetRead:
    with board.database.write() as session:
        dataset = registry.dataset_read(name, registry.mark_preparing(session, name))
        result = _with_files(session, board, dataset)[0]
    if result.status == "preparing":
        board.wakeups.prepare(name)
    return result
