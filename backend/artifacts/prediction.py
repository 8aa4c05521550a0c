"""A run's best model on a picture of one's own."""

import uuid
from pathlib import Path
from typing import Any

from pydantic import BaseModel, Field

from backend.datasets import preprocessing
from backend.datasets.preprocessing import Preprocessing
from backend.db.engine import Database
from backend.db.models import ACTIVE, Artifact, Run
from backend.errors import Conflict, Unavailable
from backend.files import PARTIAL
from backend.messaging.rpc import FOLDER, HelperClient
from backend.runs.read import get_run

MAX_PICTURE_BYTES = 20 * 1000**2
TRIES = 3
"""A model may be replaced by a better one between the question and its answer."""
GONE = "The worker can't find the file of this run's best model; see that it has the data folder of this board."


class Guess(BaseModel):
    class_: str = Field(serialization_alias="class")
    probability: float


class Prediction(BaseModel):
    """`top` has the likeliest classes, five at most. `epoch` is that of the model, `seen` the picture as the network
    saw it before its pixels were scaled: the data URL of a small PNG."""

    top: list[Guess]
    epoch: int
    seen: str


def new_path(data_dir: Path) -> Path:
    """Where a picture is received to."""
    return data_dir / FOLDER / f"{uuid.uuid4().hex}{PARTIAL}"


def question(database: Database, run_id: str) -> tuple[dict[str, Any], Preprocessing]:
    """What to ask of whoever has Keras, the picture aside.

    Raises:
        NotFound: there is no such run.
        Conflict: it has no best model, or nobody knows how it prepares a picture.
    """
    with database.read() as session:
        run = get_run(session, run_id)
        best = session.get(Artifact, (run.id, "best.keras"))
        if best is None:
            raise _no_model(run)
        prepares = preprocessing.of_run(session, run)
        model = {"path": best.path, "sha256": best.sha256, "epoch": best.epoch}
    return {"kind": "predict", "model": model, "preprocessing": prepares.model_dump(exclude={"classes"})}, prepares


def predict(database: Database, questions: HelperClient, run_id: str, picture: Path) -> Prediction:
    """What the best model says of the picture in a file of the folder for questions.

    Raises:
        NotFound, Conflict: as `question`.
        Invalid: it is no picture that can be read, and why.
        Unavailable: no worker answered.
    """
    before = None
    for _ in range(TRIES):
        asked, prepares = question(database, run_id)
        if asked["model"] == before:
            raise Unavailable(GONE)
        before = asked["model"]
        answer = questions.ask({**asked, "picture": f"{FOLDER}/{picture.name}"})
        if "top" in answer:
            return _read(answer, prepares, asked["model"]["epoch"])
    raise Unavailable("Better models come faster than one can be asked; ask again in some seconds.")


def _read(answer: dict[str, Any], prepares: Preprocessing, epoch: int) -> Prediction:
    top = [Guess(class_=prepares.classes[place], probability=probability) for place, probability in answer["top"]]
    return Prediction(top=top, epoch=epoch, seen=answer["seen"])


def _no_model(run: Run) -> Conflict:
    if run.status in ACTIVE:
        return Conflict(f"Run {run.name!r} has no model yet, it is {run.status}; ask again after its first epoch.")
    return Conflict(f"Run {run.name!r} is {run.status} without a best model, so there is nothing to predict with.")
