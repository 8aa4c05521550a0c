"""The child process of a job: its messages, its end, and what happens when it is killed or no longer needed."""

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from worker.best_model_jobs import child
from worker.best_model_jobs.child import run_child


def run(folder: Path, code: str, touches: list[float] | None = None) -> dict[str, object]:
    touched = [] if touches is None else touches
    return run_child((sys.executable, "-c", code), "the request", folder, touched.append)


def test_a_child_gets_the_request_and_returns_its_last_message(tmp_path: Path) -> None:
    code = "import json; print('a library prints'); print(json.dumps({'got': input()}))"

    assert run(tmp_path, code) == {"got": "the request"}


def test_progress_is_reported_while_the_child_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "TOUCH_SECONDS", 0.05)
    touches: list[float] = []
    code = "import time; print('{\"progress\": 0.5}', flush=True); time.sleep(0.5); print('{\"result\": 1}')"

    assert run(tmp_path, code, touches) == {"result": 1}
    assert touches[0] == 0
    assert touches[-1] == 0.5


def test_a_child_that_is_killed_fails_the_job_in_a_sentence(tmp_path: Path) -> None:
    code = f"import os; print('{{\"progress\": 0.5}}', flush=True); os.kill(os.getpid(), {signal.SIGKILL:d})"

    assert run(tmp_path, code) == {"error": "Its process ended with exit code -9."}


def test_a_job_that_is_no_longer_needed_ends_its_child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "TOUCH_SECONDS", 0.05)
    started, process_file = time.monotonic(), tmp_path / "process"

    def touch(_progress: float) -> None:
        if process_file.exists() and process_file.read_text():
            raise KeyError("the run was deleted")

    code = f"import os, time, pathlib; pathlib.Path({str(process_file)!r}).write_text(str(os.getpid())); time.sleep(60)"
    with pytest.raises(KeyError):
        run_child((sys.executable, "-c", code), "", tmp_path, touch)

    assert time.monotonic() - started < 30
    with pytest.raises(ProcessLookupError):
        os.kill(int(process_file.read_text()), 0)
