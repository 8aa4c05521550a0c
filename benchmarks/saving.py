"""What saving and publishing an epoch costs with each recipe: predictions, best model, state, one commit."""

import re
from collections.abc import Iterator, Mapping

from benchmarks.measuring.board import Board, add_dataset, running_board
from benchmarks.measuring.figure import Figure
from benchmarks.measuring.options import CIFAR, FASHION, Options
from worker.training.fit_time import Part

BUDGET_SECONDS, BUDGET_SHARE = 0.1, 0.02  # of an epoch; the larger one counts
EPOCHS = 2
RUN_SECONDS = 3_600.0
RECIPES = {
    FASHION: ("fashion-strided", "fashion-regularized"),
    CIFAR: ("cifar-strided", "cifar-vgg", "cifar-batchnorm", "cifar-augmented"),
}


def figures(options: Options) -> Iterator[Figure]:
    with running_board(options) as board:
        yield from measure(board, options)


def measure(board: Board, options: Options) -> Iterator[Figure]:
    """With all images, or `--train-limit` of them. A figure is the mean of the epochs."""
    yield saving(board, "digits-quick", {"name": "digits"}, options)
    for dataset, recipes in () if options.smoke else RECIPES.items():
        if options.has_images(dataset):
            data = {"name": add_dataset(board, dataset, options), "train_limit": options.train_limit or None}
            for recipe in recipes:
                yield saving(board, recipe, data, options)


def saving(board: Board, recipe: str, dataset: Mapping[str, object], options: Options) -> Figure:
    run_id = board.launch(spec=board.recipe(recipe, epochs=options.epochs or EPOCHS, dataset=dataset))
    run = board.ended(run_id, RUN_SECONDS)
    seconds = saving_seconds(board.log(run_id))
    assert seconds, f"run {run_id} {run['status']}: its log does not say how long saving took ({run['error']})"
    epoch_seconds = run["metrics"]["seconds"]
    budget = max(BUDGET_SECONDS, BUDGET_SHARE * epoch_seconds)
    details = {"epoch_seconds": epoch_seconds}
    return Figure(f"saving an epoch of {recipe}", round(seconds / run["epoch"], 4), "s", budget, details)


def saving_seconds(log: str) -> float:
    """Returns the seconds of all epochs that the line about `fit` has for saving and for reporting; 0 without it."""
    parts = "|".join((Part.SAVING, Part.REPORTING))
    return sum(map(float, re.findall(rf"([\d.]+) s (?:{parts})", log)))
