"""Warm Keras for quick questions: `python -m worker.helper` reads one as a line of JSON, and writes its answer so.

It computes on the CPU, in a process of its own, so that it disturbs no training.
"""

import base64
import contextlib
import json
import logging
import os
import queue
import signal
import sys
import threading
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from backend.images import png
from backend.pictures import NotAPicture, Pixels, read_picture
from backend.preprocessing import Preprocessing
from backend.settings import Settings
from backend.spec import RunSpec
from backend.store import StoredDataset
from worker.lifeline import end_with_parent

if TYPE_CHECKING:
    from worker.training.predicting import Models

Answer = dict[str, Any]
Lines = queue.SimpleQueue[str]

DAMAGED = "The file of this run's best model is not what was saved (its SHA-256 differs), so nothing is predicted."
EXPENDABLE = "500"
NO_NUMBER = "The network's answer to this picture is not a number, so there is nothing to show."


def main() -> None:
    end_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.basicConfig(level=logging.WARNING)
    answers, lines = _answers_alone(), _lines()
    _go_first()
    warm_up()
    while True:
        print(json.dumps(answer(Settings().data_dir, json.loads(lines.get()))), file=answers, flush=True)


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


def _go_first() -> None:
    """Where memory runs out, over a huge picture say, the kernel takes this process and no training."""
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(EXPENDABLE)


def _answers_alone() -> TextIO:
    """Standard output for answers; whatever else a library prints goes to standard error."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    return answers


def _lines() -> Lines:
    """Questions as they come. Once the other end of the pipe is gone, so is this process, whatever it is doing."""
    waiting: Lines = queue.SimpleQueue()

    def read() -> None:
        for line in sys.stdin:
            waiting.put(line)
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=read, daemon=True, name="questions").start()
    return waiting


if __name__ == "__main__":
    main()
