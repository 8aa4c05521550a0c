"""Warm Keras for quick questions: `python -m worker.helper` reads one as a line of JSON, and writes its answer so.

It computes on the CPU, in a process of its own, so that it disturbs no training.
"""

import base64
import json
import logging
import os
import queue
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TextIO

from backend.images import png
from backend.settings import Settings
from backend.spec import RunSpec
from backend.store import StoredDataset
from worker.lifeline import end_with_parent

Answer = dict[str, Any]


def main() -> int:
    end_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.basicConfig(level=logging.WARNING)
    answers = _answers_alone()
    for line in _lines():
        print(json.dumps(answer(Settings().data_dir, json.loads(line))), file=answers, flush=True)
    return 0


def answer(data_dir: Path, question: dict[str, Any]) -> Answer:
    """The answer, or `{"error"}` where there is none."""
    try:
        return ANSWERS[question["kind"]](data_dir, question)
    except Exception as error:
        logging.exception("question %r has no answer", question.get("kind"))
        return {"error": f"A worker could not answer: {error}"}


def preview(data_dir: Path, question: dict[str, Any]) -> Answer:
    """Sixteen training images of the dataset in `folder` as the spec's augmentation varies them, as data URLs."""
    from worker.training.preview import augmented

    dataset = StoredDataset.open(data_dir / question["folder"])
    images = augmented(RunSpec.model_validate(question["spec"]), dataset, question["seed"])
    pictures = [png(images, index) for index in range(len(images))]
    return {"images": [f"data:image/png;base64,{base64.b64encode(picture).decode()}" for picture in pictures]}


ANSWERS: dict[str, Callable[[Path, dict[str, Any]], Answer]] = {"preview": preview}


def _answers_alone() -> TextIO:
    """Standard output for answers; whatever else a library prints goes to standard error."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    return answers


def _lines() -> Iterator[str]:
    """Questions as they come. Once the other end of the pipe is gone, so is this process, whatever it is doing."""
    waiting: queue.SimpleQueue[str] = queue.SimpleQueue()

    def read() -> None:
        for line in sys.stdin:
            waiting.put(line)
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=read, daemon=True, name="questions").start()
    while True:
        yield waiting.get()


if __name__ == "__main__":
    sys.exit(main())
