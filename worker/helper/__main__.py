"""The helper process, `python -m worker.helper`: reads requests and writes responses as JSON lines, with Keras loaded.

It computes on the CPU and at low priority, so that it does not slow down trainings.
"""

import json
import logging
import os
import queue
import signal
import sys
import threading
from typing import TextIO

from backend.settings import Settings
from worker.helper.handlers import handle, warm_up
from worker.process.lifeline import end_with_parent
from worker.process.oom_score import raise_oom_score

Lines = queue.SimpleQueue[str]


def main() -> None:
    end_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.basicConfig(level=logging.WARNING)
    responses, requests = _reserve_stdout(), _read_requests()
    raise_oom_score()  # decoding a large image may need much memory
    warm_up()
    while True:
        response = handle(Settings().data_dir, json.loads(requests.get()))
        print(json.dumps(response), file=responses, flush=True)


def _reserve_stdout() -> TextIO:
    """Returns standard output for responses only; what libraries print goes to standard error."""
    responses = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    return responses


def _read_requests() -> Lines:
    """Returns a queue of the request lines. A thread reads them, and kills this process when standard input closes."""
    requests: Lines = queue.SimpleQueue()

    def read() -> None:
        for line in sys.stdin:
            requests.put(line)
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=read, daemon=True, name="requests").start()
    return requests


if __name__ == "__main__":
    main()
