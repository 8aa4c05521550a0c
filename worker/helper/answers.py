"""Warm Keras for quick questions: `python -m worker.helper` reads one as a line of JSON, and writes its answer so.

It computes on the CPU, in a process of its own, so that it disturbs no training.
"""

import base64
import logging
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backend.datasets.decode import NotAPicture, Pixels, read_picture
from backend.datasets.images import png
from backend.datasets.preprocessing import Preprocessing
from backend.datasets.store import StoredDataset
from backend.spec import RunSpec

if TYPE_CHECKING:
    from worker.training.predicting import Models

Answer = dict[str, Any]

DAMAGED = "The file of this run's best model is not what was saved (its SHA-256 differs), so nothing is predicted."
NO_NUMBER = "The network's answer to this picture is not a number, so there is nothing to show."


def warm_up() -> None:
    """Do what takes seconds and needs no question."""
    import worker.training.preview  # noqa: F401
    from worker.training.predicting import warm

    warm()


def answer(data_dir: Path, question: dict[str, Any]) -> Answer:
    """The answer; `{"error"}` where a question can have none, `{"failure"}` where it is our fault."""
    try:
        return ANSWERS[question["kind"]](data_dir, question)
    except Exception as error:
        logging.exception("question %r has no answer", question.get("kind"))
        return {"failure": f"A worker could not answer: {error}"}


def preview(data_dir: Path, question: dict[str, Any]) -> Answer:
    """Sixteen training images of the dataset in `folder` as the spec's augmentation varies them, as data URLs."""
    from worker.training.preview import augmented

    dataset = StoredDataset.open(data_dir / question["folder"])
    images = augmented(RunSpec.model_validate(question["spec"]), dataset, question["seed"])
    return {"images": [data_url(png(images, index)) for index in range(len(images))]}


def predict(data_dir: Path, question: dict[str, Any]) -> Answer:
    """What a model makes of the picture in a file: `top` has [place in the classes, probability], `seen` is what the
    network saw. `{"gone": true}` where a better model has taken the place of the one that was asked."""
    from worker.training.predicting import ModelDamaged, NotANumber, likeliest, probabilities

    prepares = Preprocessing.model_validate({"classes": [], **question["preprocessing"]})
    try:
        pixels = _picture(data_dir / question["picture"], prepares)
        forward = models().get(data_dir / question["model"]["path"], question["model"]["sha256"])
        top = likeliest(probabilities(forward, pixels, prepares))
    except NotAPicture as error:
        return {"error": f"This picture can't be used: {error}."}
    except FileNotFoundError:
        return {"gone": True}
    except ModelDamaged:
        return {"failure": DAMAGED}
    except NotANumber:
        return {"error": NO_NUMBER}
    return {"top": top, "seen": data_url(png(pixels[None], 0))}


def _picture(path: Path, prepares: Preprocessing) -> Pixels:
    with path.open("rb") as file:
        return read_picture(file, prepares.options)


@cache
def models() -> "Models":
    from worker.training.predicting import Models

    return Models()


def data_url(picture: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(picture).decode()}"


ANSWERS: dict[str, Callable[[Path, dict[str, Any]], Answer]] = {"preview": preview, "predict": predict}
