"""Faults as operators have them: the database, Valkey or the service is gone for seconds while a run trains."""

import http.client
import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager

from tests.containers.board import Board, Subscriber, wait
from tests.containers.stack import Stack

NO_DATABASE = "The database did not answer; nothing was changed. Try again in a few seconds."
NOTE_BYTES = 4_000_000  # of a file that the upload leaves out: half of the zip is more than the service holds back
PARTIAL = "ls /data/uploads | grep -c part$"


@contextmanager
def undisturbed_training(board: Board, epochs: int) -> Iterator[None]:
    """A run trains while the block does harm: it has one attempt, and its events have no hole and no repeat."""
    run_id = board.launch(epochs)
    subscriber = Subscriber(board, run_id)
    board.until(run_id, lambda run: run["epoch"] >= 2, 120, "epoch 2")
    yield
    before = board.run(run_id)["epoch"]
    board.until(run_id, lambda run: run["epoch"] > before, 60, "its next epoch")
    board.post(f"/api/runs/{run_id}/stop", {"mode": "finish"})
    subscriber.join(60)
    is_whole(board, run_id, subscriber)


def is_whole(board: Board, run_id: str, subscriber: Subscriber) -> None:
    run, numbers = board.run(run_id), subscriber.numbers()
    assert run["attempt"] == 1, board.log(run_id)
    assert subscriber.epochs() == list(range(1, run["epoch"] + 1)), subscriber.epochs()
    assert numbers == list(range(1, len(numbers) + 1)), numbers


def database_away(stack: Stack, board: Board) -> str:
    """Requests are refused with a sentence, and served again once it is back."""
    with stopped(stack, "database"):
        assert board.get("/healthz") == {"status": "alive"}
        assert "database" in board.readiness()["missing"]
        status, problem = board.refusal("POST", "/api/runs", {"recipe": "digits-quick"})
        assert (status, problem["detail"]) == (503, NO_DATABASE), problem
    wait(lambda: board.readiness()["missing"] == [], 30, "the board")
    return f"{status} {problem['detail']}"


def valkey_away(stack: Stack, board: Board) -> str:
    """Runs are shown and accepted, and the board says what is missing."""
    with stopped(stack, "valkey"):
        wait(lambda: board.readiness()["missing"] == ["redis"], 20, "the board to tell that Valkey is missing")
        state = board.readiness()["redis"]
        run_id = board.launch(1)
    board.until(run_id, lambda run: run["status"] == "finished", 60, "the run that was accepted without Valkey")
    wait(lambda: board.readiness()["missing"] == [], 30, "the board")
    return f"redis {state}; a run that was accepted meanwhile has finished"


def upload_cut_short(stack: Stack, board: Board) -> str:
    """The service is killed when it has half of a zip: there is no such dataset, and it is taken when sent again."""
    content = dataset(board)
    with half_sent(board, "cut", content):
        wait(lambda: stack.inside("api", f"{PARTIAL} || true").strip() == "1", 30, "half of the zip")
        stack.compose("kill", "-s", "KILL", "api")
    stack.compose("start", "api")
    wait(lambda: board.readiness()["missing"] == [], 60, "the board")
    assert board.refusal("GET", "/api/datasets/cut")[0] == 404
    board.upload("cut", content)
    wait(lambda: board.get("/api/datasets/cut")["status"] == "ready", 60, "the dataset")
    return f"nothing of the half that was sent is shown; sent again, it has {board.get('/api/datasets/cut')['counts']}"


def log_lines(stack: Stack) -> str:
    """A fault that passes by itself is logged in one line: a traceback is for defects."""
    logs = stack.compose("logs")
    at = logs.find("Traceback (most recent call last)")
    assert at < 0, logs[max(0, at - 500) : at + 1500]
    return f"{len(logs.splitlines()):,} lines without a traceback"


@contextmanager
def stopped(stack: Stack, service: str) -> Iterator[None]:
    stack.compose("stop", service)
    try:
        yield
    finally:
        stack.compose("start", service)


@contextmanager
def half_sent(board: Board, name: str, content: bytes) -> Iterator[None]:
    connection = http.client.HTTPConnection("127.0.0.1", board.port, timeout=30)
    connection.putrequest("POST", f"/api/datasets?name={name}")
    connection.putheader("Content-Type", "application/zip")
    connection.putheader("Content-Length", str(len(content)))
    connection.endheaders(content[: len(content) // 2])
    try:
        yield
    finally:
        connection.close()


def dataset(board: Board) -> bytes:
    """Returns a zip of two classes, whose images are those of the digits."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("notes.txt", b"x" * NOTE_BYTES)
        for index in range(40):
            image = board.read(f"/api/datasets/digits/images/train/{index}.png")
            archive.writestr(f"{'ab'[index % 2]}/{index}.png", image)
    return file.getvalue()
