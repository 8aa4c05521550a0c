"""What saving and announcing costs an epoch of each recipe: predictions, best model, state, one commit."""

import re
from argparse import Namespace
from collections.abc import Iterator

from benchmarks.board import Board, running_board
from benchmarks.fashion import fetch_fashion
from benchmarks.figure import Figure
from benchmarks.recipes import FETCH_SECONDS, bring_photos

ALLOWED_SECONDS, ALLOWED_SHARE = 0.1, 0.02
EPOCHS = 2
FASHION = ("fashion-strided", "fashion-regularized")
CIFAR = ("cifar-strided", "cifar-vgg", "cifar-batchnorm", "cifar-augmented")
RECIPES = ("digits-quick", *FASHION, *CIFAR)


def figures(options: Namespace) -> Iterator[Figure]:
    """With all images, or as many as `--train-limit` says; the median of the epochs, each of which may be the best."""
    with running_board() as board:
        if not options.offline:
            fetch_fashion(board)
        photos = None if options.offline else bring_photos(board, options.photos)
        for recipe in RECIPES if photos else RECIPES[:1]:
            yield saving(board, recipe, photos, options)


def saving(board: Board, recipe: str, photos: str | None, options: Namespace) -> Figure:
    spec = board.recipe(recipe, epochs=options.epochs or EPOCHS)
    name = photos if recipe.startswith("cifar") else spec["dataset"]["name"]
    limit = None if recipe == "digits-quick" else options.train_limit or None
    run_id = board.launch(spec={**spec, "dataset": {**spec["dataset"], "name": name, "train_limit": limit}})
    run = board.ended(run_id, FETCH_SECONDS)
    took = re.search(r"announcing an epoch took (\d+) ms", board.log(run_id))
    assert took, f"run {run_id} {run['status']}: its log does not say how long saving took ({run['error']})"
    epoch = run["metrics"]["seconds"]
    budget = max(ALLOWED_SECONDS, ALLOWED_SHARE * epoch)
    return Figure(f"saving an epoch of {recipe}", int(took[1]) / 1000, "s", budget, {"epoch_seconds": epoch})
