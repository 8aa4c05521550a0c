"""Routes that check and preview a spec before a run is launched."""

from typing import Annotated

from fastapi import Body, Query

from backend.api.deps import BoardDep, SessionDep
from backend.api.http import examples
from backend.api.http.limits import HelperSlot
from backend.api.http.openapi import problems
from backend.api.http.router import Router
from backend.planning import check
from backend.planning.learning_rate_range import LearningRateRange, learning_rate_range
from backend.planning.preview import SpecPreview, preview
from backend.planning.schemas import SpecCheck
from backend.spec import RunSpec

router = Router(prefix="/api/specs", tags=["specs"])

Seed = Annotated[int, Query(ge=0, le=2**31 - 1, description="chooses the images and the augmentation")]

Spec = Annotated[RunSpec, Body(openapi_examples=examples.SPECS)]


@router.post("/check", summary="Check a spec")
def check_spec(spec: Spec, session: SessionDep, board: BoardDep) -> SpecCheck:
    """Returns a spec's layers, parameters, memory and seconds per epoch, and errors and warnings about it.

    A network that is impossible answers 200 with `ok: false`; a malformed spec answers 422.
    """
    return check.check(session, spec, board.settings.lease_seconds, board.settings.data_dir)


@router.post("/preview", dependencies=[HelperSlot], summary="Preview a spec's augmentation", responses=problems(404))
def preview_spec(spec: Spec, board: BoardDep, seed: Seed = 0) -> SpecPreview:
    """Returns sixteen training images of the spec's dataset as data URLs, with its augmentation applied."""
    return preview(board.database, board.helper, spec, seed)


@router.post(
    "/learning-rate-range",
    dependencies=[HelperSlot],
    summary="Find a learning rate for a spec",
    responses=problems(404),
)
def find_learning_rate(spec: Spec, board: BoardDep) -> LearningRateRange:
    """Trains a new network for 100 steps on the worker's processor, each at a higher learning rate, and reads the loss.

    It takes seconds. A network that is too slow for that answers 422 with the seconds that it would take. Initial
    weights of the spec are not used.
    """
    return learning_rate_range(board.database, board.helper, spec, board.settings)
