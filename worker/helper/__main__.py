"""The helper process, with Keras warm: `python -m worker.helper` reads requests and writes answers as JSON lines.

It computes on the CPU, in a process of its own, so that it disturbs no training.
"""

import contextlib
import json
import logging
import os
import queue
import signal
import sys
import threading
from pathlib import Path
from typing import TextIO

from backend.settings import Settings
from worker.helper.answers import answer, warm_up
from worker.lifeline import end_with_parent

Lines = queue.SimpleQueue[str]
EXPENDABLE = "500"


def main() -> None:
    end_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.basicConfig(level=logging.WARNING)
    answers, lines = _answers_alone(), _lines()
    _go_first()
    warm_up()
    while True:
        print(json.dumps(answer(Settings().data_dir, json.loads(lines.get()))), file=answers, flush=True)


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
