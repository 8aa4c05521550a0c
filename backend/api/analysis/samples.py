"""Routes of one image of a run."""

from typing import Annotated, Any

from fastapi import Body, Depends, Path, Query, Response

from backend.api.deps import BoardDep, RunId, SessionDep
from backend.api.http import examples
from backend.api.http.limits import HelperSlot
from backend.api.http.openapi import problems
from backend.api.http.router import Router
from backend.errors import Conflict
from backend.samples.detail import sample_detail
from backend.samples.explanations import Explainer
from backend.samples.mosaic import decode, mosaic
from backend.samples.schemas import (
    AttentionQuery,
    AttentionRead,
    FeaturesQuery,
    FeaturesRead,
    ImageQuery,
    SampleDetail,
    WhatIf,
    WhatIfRead,
)

router = Router(prefix="/api/runs/{run_id}/samples/{index}", tags=["analysis"])

MAX_INDEX = 2**31 - 1
Index = Annotated[int, Path(ge=0, le=MAX_INDEX, description="position in the stored split, as `samples` lists it")]
PNG: dict[int | str, dict[str, Any]] = {
    200: {"description": "The image", "content": {"image/png": {"schema": {"type": "string", "format": "binary"}}}}
}
ASKS_HELPER: dict[str, Any] = {"dependencies": [HelperSlot], "responses": problems(409)}
SENDS_PNG: dict[str, Any] = {
    "dependencies": [HelperSlot],
    "responses": {**PNG, **problems(409)},
    "response_class": Response,
}


def explainer(run_id: RunId, index: Index, board: BoardDep) -> Explainer:
    return Explainer(board.database, board.helper, board.settings.data_dir, run_id, index)


ExplainerDep = Annotated[Explainer, Depends(explainer)]


@router.get("", summary="Read the story of an image")
def read_sample(
    run_id: RunId, index: Index, session: SessionDep, board: BoardDep, query: Annotated[ImageQuery, Query()]
) -> SampleDetail:
    """Returns an image with the likeliest classes at the best epoch, its prediction after each epoch, and what other
    finished runs on the same dataset say of it."""
    return sample_detail(session, board.settings.data_dir, run_id, index, query.split)


@router.get("/attention", summary="Explain where the network looks", **ASKS_HELPER)
def read_attention(sample: ExplainerDep, query: Annotated[AttentionQuery, Query()]) -> AttentionRead:
    """Returns the parts of an image that speak for a class, by the best model.

    A network without a convolution has no Grad-CAM and answers 409; occlusion works for every network.
    """
    return sample.attention(query)


@router.get("/attention.png", summary="Draw where the network looks", **SENDS_PNG)
def draw_attention(sample: ExplainerDep, query: Annotated[AttentionQuery, Query()]) -> Response:
    """Returns the map as a white PNG: what speaks for the class is opaque, the rest transparent."""
    return _png(decode(sample.attention(query).image))


@router.get("/features", summary="Read what a layer sees", **ASKS_HELPER)
def read_features(sample: ExplainerDep, query: Annotated[FeaturesQuery, Query()]) -> FeaturesRead:
    """Returns an image's feature maps at a convolution of the best model, and the filters of that layer."""
    return sample.features(query)


@router.get("/features.png", summary="Draw what a layer sees", **SENDS_PNG)
def draw_features(sample: ExplainerDep, query: Annotated[FeaturesQuery, Query()]) -> Response:
    """Returns an image's feature maps at a convolution as one PNG, the strongest first, at most 64."""
    return _png(mosaic([feature.image for feature in sample.features(query).maps]))


@router.get("/filters.png", summary="Draw a layer's filters", **SENDS_PNG)
def draw_filters(sample: ExplainerDep, query: Annotated[FeaturesQuery, Query()]) -> Response:
    """Returns the kernels of a convolution that reads one or three channels as one PNG, at most 64; grey is 0."""
    features = sample.features(query)
    if not features.filters:
        raise Conflict(
            f"The filters of layer {features.layer!r} read more than three channels, so they have no colours."
        )
    return _png(mosaic(features.filters))


@router.post("/what-if", summary="Change an image and predict it", **ASKS_HELPER)
def predict_changed(
    sample: ExplainerDep,
    query: Annotated[ImageQuery, Query()],
    body: Annotated[WhatIf, Body(openapi_examples=examples.WHAT_IF)],
) -> WhatIfRead:
    """Predicts an image that is turned, cropped, brighter or darker, blurred or noisy, with the best model.

    Nothing is stored. The noise is the same each time.
    """
    return sample.what_if(query.split, body)


def _png(content: bytes) -> Response:
    return Response(content, media_type="image/png", headers={"Cache-Control": "no-cache"})
