"""Every other recipe against the notebook's own code, with part of the training images and all test images.

With `--coarse` the board also trains the deep networks in `mixed_bfloat16`, for processors that compute it fast.
"""

from collections.abc import Iterator

from benchmarks.measuring.board import Board, add_dataset, running_board
from benchmarks.measuring.figure import Figure
from benchmarks.measuring.options import CIFAR, FASHION, Options
from benchmarks.notebook.comparison import Comparison, compare

BUDGETS = {
    "cifar-strided": 0.95,
    "fashion-regularized": 1.05,
    "cifar-vgg": 0.60,
    "cifar-batchnorm": 0.60,
    "cifar-augmented": 0.60,
}
COARSE_BUDGETS = {"cifar-vgg": 0.75, "cifar-batchnorm": 0.75}
COARSE = "mixed_bfloat16"
PAIRS, EPOCHS, TRAIN_LIMIT = 5, 1, 6_400


def figures(options: Options) -> Iterator[Figure]:
    with running_board(options) as board:
        yield from measure(board, options)


def measure(board: Board, options: Options) -> Iterator[Figure]:
    """Yields for each recipe a figure for each pair, then the ratio of the medians."""
    for recipe, budget in BUDGETS.items():
        dataset = FASHION if recipe.startswith("fashion") else CIFAR
        if options.has_images(dataset) and recipe in (options.recipes or BUDGETS):
            name = add_dataset(board, dataset, options)
            for comparison in comparisons(recipe, name, budget, options):
                yield from compare(board, comparison, options.pairs or (1 if options.smoke else PAIRS), [])


def comparisons(recipe: str, dataset: str, budget: float, options: Options) -> Iterator[Comparison]:
    epochs = options.epochs or EPOCHS
    limit = TRAIN_LIMIT if options.train_limit is None else options.train_limit or None
    yield Comparison(recipe, recipe, dataset, epochs, budget, limit)
    if options.coarse and recipe in COARSE_BUDGETS:
        title, changes = f"{recipe} in {COARSE}", {"precision": COARSE}
        yield Comparison(title, recipe, dataset, epochs, COARSE_BUDGETS[recipe], limit, changes)
