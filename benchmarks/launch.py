"""From the press of *Launch* to Keras' `on_train_begin`, and to the first batch done, with a warm worker."""

import statistics
import time
from argparse import Namespace
from collections.abc import Iterator

from benchmarks.board import Board, running_board
from benchmarks.fashion import fetch_images
from benchmarks.figure import Figure
from tests.support.streams import StreamEvent

LAUNCHES = 5
BUDGETS = {"on_train_begin": 1.0, "first batch": 3.0}


def figures(options: Namespace) -> Iterator[Figure]:
    """Seen from outside: the request's start to the event's arrival. The worst of several launches counts."""
    with running_board() as board:
        for recipe in recipes(board, options):
            seen = [launched(board, recipe) for _ in range(LAUNCHES)]
            for what, budget in BUDGETS.items():
                values = [launch[what] for launch in seen]
                details = {"median": round(statistics.median(values), 3), "launches": LAUNCHES}
                yield Figure(f"launch of {recipe} to {what}", max(values), "s", budget, details)


def recipes(board: Board, options: Namespace) -> list[str]:
    if options.offline:
        return ["digits-quick"]
    fetch_images(board)
    return ["digits-quick", "fashion-strided"]


def launched(board: Board, recipe: str) -> dict[str, float]:
    """Seconds from the request to each of BUDGETS' moments."""
    board.warm_up()
    started = time.perf_counter()
    run_id = board.launch(spec=board.recipe(recipe, epochs=1))
    moments: dict[str, float] = {}
    for event in board.events(run_id):
        what = moment(event)
        if what and what not in moments:
            moments[what] = time.perf_counter() - started
    assert moments.keys() == BUDGETS.keys(), f"run {run_id} told {moments.keys()}; its log:\n{board.log(run_id)}"
    return moments


def moment(event: StreamEvent) -> str | None:
    if event.kind == "log" and event.data["text"].startswith("Training began"):
        return "on_train_begin"
    return "first batch" if event.kind in ("progress", "epoch") else None
