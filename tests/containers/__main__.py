"""`make compose-check`: builds and runs docker-compose.yml, kills a worker during a run, and checks what is left.

COMPOSE names what runs Compose ("docker compose"), ENGINE what it drives where that isn't its first word. It needs
nothing but Python, and leaves nothing but images.
"""

import os
import shlex
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.containers.board import Board, Subscriber, wait
from tests.containers.exports import best_model, bundle, page_for_browsers
from tests.containers.faults import (
    database_away,
    log_lines,
    undisturbed_training,
    upload_cut_short,
    valkey_away,
)
from tests.containers.privacy import no_process_is_root, passwords, passwords_stay_in_their_files
from tests.containers.stack import LONG, WORKERS, ComposeFailed, Stack, run, running_stack

EPOCHS = 60
ENDLESS = 20_000
LOST_SECONDS = 45.0
"""Within which a run whose worker is gone continues on another, at production settings."""


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # what was started is taken down
    command = shlex.split(os.environ.get("COMPOSE") or "docker compose")
    engine = shlex.split(os.environ.get("ENGINE") or "") or command[: len(command) - 1]
    started_at = time.monotonic()
    try:
        step("Compose answers", lambda: run([*command, "version"], 120).splitlines()[0])
        with tempfile.TemporaryDirectory() as folder, running_stack(command, engine, Path(folder)) as started:
            check(started)
            step("all is taken down, volumes too", lambda: taken_down(started))
    except (AssertionError, ComposeFailed, OSError) as error:
        print(f"FAILED after {time.monotonic() - started_at:.0f} s: {error}", flush=True)
        return 1
    print(f"passed in {time.monotonic() - started_at:.0f} s", flush=True)
    return 0


def step(what: str, work: Callable[[], object]) -> None:
    """Prints one line: the seconds, the name of the step, and its result."""
    started_at = time.monotonic()
    print(f"        … {what}", end="\r", flush=True) if sys.stdout.isatty() else None
    result = work()
    print(f"{time.monotonic() - started_at:7.1f} s  {what}{f': {result}' if result else ''}", flush=True)


def check(stack: Stack) -> None:
    board = Board(stack.port)
    step("images are built", lambda: built(stack))
    step("up --wait", stack.up)
    step("the board is ready", lambda: ready(board))
    step("users", lambda: no_process_is_root(stack))
    step("passwords", lambda: passwords_stay_in_their_files(stack))
    run_id = killed_and_finished(stack, board)
    step("best model", lambda: best_model(board, run_id))
    step("bundle", lambda: bundle(board, run_id))
    step("page for browsers", lambda: page_for_browsers(board, run_id))
    step("the killed worker is back", lambda: back(stack, board))
    faults(stack, board)
    handed_back_and_kept(stack, board)


def built(stack: Stack) -> str:
    stack.compose("build", seconds=LONG)
    if not stack.engine:
        return "how large they are, ENGINE could tell"
    size = int(run([*stack.engine, "image", "inspect", "--format", "{{.Size}}", "epochboard:cpu"], 60))
    return f"epochboard:cpu has {size / 1e6:,.0f} MB"


def ready(board: Board) -> str:
    wait(lambda: board.workers() == len(WORKERS), 120, "two train workers")
    return f"{len(WORKERS)} train workers, each in a container of its own"


def killed_and_finished(stack: Stack, board: Board) -> str:
    """A run whose worker's container is killed in the middle: it continues in the other one, with no epoch missing."""
    hosts, run_id = stack.hosts(), board.launch(EPOCHS)
    subscriber = Subscriber(board, run_id)
    met = board.until(run_id, lambda run: run["epoch"] >= 3, 120, "epoch 3")
    victim = hosts[host(met)]
    step(f"the container of {victim} is killed", lambda: kill(stack, board, victim, run_id))
    step("the other one goes on", lambda: taken_over(board, run_id, met["worker"]))
    step("the run has finished", lambda: whole(board, run_id, subscriber))
    return run_id


def host(run: Any) -> str:
    """Returns the host of the run's worker, `train-0@host`."""
    return str(run["worker"]).partition("@")[2]


def kill(stack: Stack, board: Board, service: str, run_id: str) -> str:
    stack.compose("kill", "-s", "KILL", service)
    return f"at epoch {board.run(run_id)['epoch']} of {EPOCHS}"


def taken_over(board: Board, run_id: str, lost: str) -> str:
    run = board.until(run_id, lambda run: run["attempt"] == 2, LOST_SECONDS, "another worker")
    assert run["worker"] != lost
    assert "stopped renewing its lease" in board.log(run_id)
    return f"after epoch {run['epoch']}, on {run['worker']} instead of {lost}"


def whole(board: Board, run_id: str, subscriber: Subscriber) -> str:
    run = board.until(run_id, lambda run: run["status"] == "finished", 300, "its end")
    subscriber.join(30)
    epochs, numbers = list(range(1, EPOCHS + 1)), subscriber.numbers()
    assert (run["attempt"], run["epoch"]) == (2, EPOCHS)
    assert subscriber.epochs() == epochs, subscriber.epochs()
    assert board.get(f"/api/runs/{run_id}/metrics")["epochs"] == epochs
    assert numbers == list(range(1, len(numbers) + 1)), numbers
    return f"epochs 1 to {EPOCHS} and events 1 to {len(numbers)}, no hole and no repeat"


def faults(stack: Stack, board: Board) -> None:
    with undisturbed_training(board, ENDLESS):
        step("the database is away", lambda: database_away(stack, board))
        step("Valkey is away", lambda: valkey_away(stack, board))
        step("the service is killed during an upload", lambda: upload_cut_short(stack, board))
    step("logs", lambda: log_lines(stack))


def back(stack: Stack, board: Board) -> str:
    stack.up()
    return ready(board)


def handed_back_and_kept(stack: Stack, board: Board) -> None:
    """A stopped worker returns its run to the queue at once; a board that is taken down and up keeps everything."""
    hosts, run_id = stack.hosts(), board.launch(ENDLESS)
    met = board.until(run_id, lambda run: run["epoch"] >= 2, 120, "epoch 2")
    service = hosts[host(met)]
    step(f"{service} is stopped and returns its run to the queue", lambda: handed_back(stack, board, run_id, service))
    step("down and up again", lambda: kept(stack, board, run_id))


def handed_back(stack: Stack, board: Board, run_id: str, service: str) -> str:
    stack.compose("stop", service)
    run = board.until(run_id, lambda run: run["attempt"] == 2, 10, "the other worker")
    assert "The worker was shut down" in board.log(run_id)
    return f"{run['worker']} goes on after epoch {run['epoch']}"


def kept(stack: Stack, board: Board, run_id: str) -> str:
    words, before, runs = passwords(stack), board.run(run_id)["epoch"], board.get("/api/runs")["total"]
    stack.down()
    stack.up()
    assert passwords(stack) == words
    run = board.until(run_id, lambda run: run["epoch"] > before and run["attempt"] == 3, 120, "its next epoch")
    board.post(f"/api/runs/{run_id}/stop", {"mode": "kill"})
    assert board.get("/api/runs")["total"] == runs
    return f"the same passwords, all {runs} runs, and the one that trained goes on: epoch {before}, now {run['epoch']}"


def taken_down(stack: Stack) -> str:
    stack.down("-v")
    return "nothing is left but images"


if __name__ == "__main__":
    sys.exit(main())
