"""The time from *Launch* to Keras' `on_train_begin` and to the first batch, with a warm worker."""

import statistics
import time
from collections.abc import Iterator

from benchmarks.measuring.board import Board, add_dataset, running_board
from benchmarks.measuring.figure import Figure
from benchmarks.measuring.options import FASHION, Options
from tests.support.service.streams import StreamEvent

LAUNCHES = 5
BUDGETS = {"on_train_begin": 1.0, "first batch": 3.0}


def figures(options: Options) -> Iterator[Figure]:
    with running_board(options) as board:
        yield from measure(board, options)


def measure(board: Board, options: Options) -> Iterator[Figure]:
    """Measured from outside: from the request to the event's arrival. The figure is the worst launch."""
    count = 1 if options.smoke else LAUNCHES
    for recipe in recipes(board, options):
        launches = [launch(board, recipe) for _ in range(count)]
        for moment, budget in BUDGETS.items():
            values = [seconds[moment] for seconds in launches]
            details = {"median": round(statistics.median(values), 3), "launches": count}
            yield Figure(f"launch of {recipe} to {moment}", max(values), "s", budget, details)


def recipes(board: Board, options: Options) -> list[str]:
    if options.smoke or not options.has_images(FASHION):
        return ["digits-quick"]
    add_dataset(board, FASHION, options)
    return ["digits-quick", "fashion-strided"]


def launch(board: Board, recipe: str) -> dict[str, float]:
    """Returns the seconds from the request to each of the moments in BUDGETS."""
    board.wait_for_trainer()
    started = time.perf_counter()
    run_id = board.launch(spec=board.recipe(recipe, epochs=1))
    seconds: dict[str, float] = {}
    for event in board.events(run_id):
        name = moment_of(event)
        if name and name not in seconds:
            seconds[name] = time.perf_counter() - started
    assert seconds.keys() == BUDGETS.keys(), f"run {run_id} sent {seconds.keys()}; its log:\n{board.log(run_id)}"
    return seconds


def moment_of(event: StreamEvent) -> str | None:
    if event.kind == "log" and event.data["text"].startswith("Training started"):
        return "on_train_begin"
    return "first batch" if event.kind in ("progress", "epoch") else None
