"""Predicts the class of an uploaded image with a run's best model, through the helper of a worker."""

import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from backend.datasets.pictures import preprocessing
from backend.datasets.pictures.preprocessing import Preprocessing
from backend.db.engine import Database
from backend.db.models import ACTIVE, Artifact, Run
from backend.errors import Conflict, Unavailable
from backend.files import PARTIAL_SUFFIX
from backend.messaging.rpc import REQUEST_FILES, HelperClient
from backend.runs.read import get_run

MAX_IMAGE_BYTES = 20 * 1000**2
MAX_ATTEMPTS = 3
"""A running training may replace the best model between the request and the response."""
MODEL_FILE_MISSING = (
    "The worker can't find the file of this run's best model; check that it uses the same data folder as the board."
)


class ClassProbability(BaseModel):
    class_: str = Field(serialization_alias="class")
    probability: float


class Prediction(BaseModel):
    """`top` has the likeliest classes, the likeliest first. `epoch` is that of the model.

    `seen` is the image as the network received it, before scaling: the data URL of a small PNG.
    """

    top: list[ClassProbability]
    epoch: int
    seen: str | None


class PredictionOptions(BaseModel):
    model_config = ConfigDict(extra="forbid")

    top: int = Field(default=5, ge=1, le=100, description="how many of the likeliest classes")
    seen: bool = Field(default=True, description="whether the response has the image as the network received it")


def new_image_path(data_dir: Path) -> Path:
    """Returns a path in the folder for files of helper requests."""
    return data_dir / REQUEST_FILES / f"{uuid.uuid4().hex}{PARTIAL_SUFFIX}"


def build_request(database: Database, run_id: str) -> tuple[dict[str, Any], Preprocessing]:
    """Returns the part of a helper request about the best model, and the preprocessing, whose classes it leaves out.

    Raises:
        NotFound: there is no such run.
        Conflict: the run has no best model, or its preprocessing is unknown.
    """
    with database.read() as session:
        run = get_run(session, run_id)
        best = session.get(Artifact, (run.id, "best.keras"))
        if best is None:
            raise _no_model(run)
        run_preprocessing = preprocessing.of_run(session, run)
        model = {"path": best.path, "sha256": best.sha256, "epoch": best.epoch}
    fields = run_preprocessing.model_dump(exclude={"classes"})
    return {"model": model, "preprocessing": fields}, run_preprocessing


@dataclass(frozen=True)
class BestModelReply:
    """The helper's response, and what its numbers mean: the classes, and the epoch of the model."""

    response: dict[str, Any]
    classes: list[str]
    epoch: int


def predict(
    database: Database, helper: HelperClient, run_id: str, image: Path, options: PredictionOptions
) -> Prediction:
    """Predicts the class of the image at a path made by `new_image_path`.

    Raises:
        Invalid: the image can't be decoded.
        NotFound, Conflict, Unavailable: as `call_with_best_model`.
    """
    question = {"kind": "predict", "image": f"{REQUEST_FILES}/{image.name}", **options.model_dump()}
    reply = call_with_best_model(database, helper, run_id, question)
    return Prediction(top=reply_top(reply), epoch=reply.epoch, seen=reply.response["seen"])


def call_with_best_model(
    database: Database, helper: HelperClient, run_id: str, question: dict[str, Any]
) -> BestModelReply:
    """Calls the helper with the run's best model, again with the newer one if it was replaced during the request.

    Raises:
        NotFound, Conflict: as `build_request`.
        Unavailable: no worker responded, or none finds the model's file.
    """
    previous_model = None
    for _ in range(MAX_ATTEMPTS):
        request, run_preprocessing = build_request(database, run_id)
        if request["model"] == previous_model:
            raise Unavailable(MODEL_FILE_MISSING)
        previous_model = request["model"]
        response = helper.call({**request, **question})
        if "model_replaced" not in response:
            return BestModelReply(response, run_preprocessing.classes, request["model"]["epoch"])
    raise Unavailable("The best model was replaced during the request; try again in a few seconds.")


def reply_top(reply: BestModelReply) -> list[ClassProbability]:
    """Returns the likeliest classes of a reply whose `top` has [label, probability]."""
    top = reply.response["top"]
    return [ClassProbability(class_=reply.classes[label], probability=probability) for label, probability in top]


def _no_model(run: Run) -> Conflict:
    if run.status in ACTIVE:
        return Conflict(f"Run {run.name!r} has no model yet, it is {run.status}; try again after its first epoch.")
    return Conflict(f"Run {run.name!r} is {run.status} without a best model, so there is nothing to predict with.")
