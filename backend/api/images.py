"""Images of a dataset over HTTP: one, or some of each class."""

from typing import Annotated

from fastapi import APIRouter, Header, Query, Response

from backend.api.deps import BoardDep, SessionDep
from backend.datasets import images
from backend.datasets.image_pages import ImagesQuery, ImagesRead, select_images
from backend.datasets.registry import BUILT_IN

router = APIRouter(prefix="/api/datasets/{name}/images", tags=["datasets"])

FOR_EVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"  # another dataset of the same name may come after this one was deleted


@router.get("")
def list_images(name: str, query: Annotated[ImagesQuery, Query()], session: SessionDep, board: BoardDep) -> ImagesRead:
    """Some images of a split in a seeded order: those of one class, or the classes in turn."""
    return select_images(name, images.open_dataset(session, board.settings.data_dir, name), query)


@router.get(
    "/{split}/{index}.png",
    response_class=Response,
    responses={200: {"content": {"image/png": {}}}, 304: {"description": "Not changed"}},
)
def read_image(
    name: str,
    split: str,
    index: int,
    session: SessionDep,
    board: BoardDep,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """One image as it is stored; `index` is its position in the stored split, counted from 0."""
    dataset = images.open_dataset(session, board.settings.data_dir, name)
    content = images.encode_png(images.split_images(dataset, split), index)
    etag = f'"{dataset.manifest.content_hash[:16]}-{split}-{index}"'
    headers = {"ETag": etag, "Cache-Control": FOR_EVER if name in BUILT_IN else ASK_AGAIN}
    if if_none_match is not None and etag in if_none_match:
        return Response(status_code=304, headers=headers)
    return Response(content, media_type="image/png", headers=headers)
