"""Every other recipe against the notebook's own code, on part of the training images and all test images.

`--photos` names a zip of CIFAR-10's images in class folders; without it the board fetches `cifar10`. Of the deep
networks a second contest has the board train in `mixed_bfloat16`, where the processor computes that fast.
"""

from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from benchmarks.board import Board, running_board
from benchmarks.fashion import fetch_fashion
from benchmarks.figure import Figure
from benchmarks.sides import Contest, Pair, accuracies, medians, pair, ratio, told

BUDGETS = {
    "cifar-strided": 0.95,
    "fashion-regularized": 1.05,
    "cifar-vgg": 1.05,
    "cifar-batchnorm": 1.05,
    "cifar-augmented": 1.05,
}
COARSE_BUDGETS = {"cifar-vgg": 0.75, "cifar-batchnorm": 0.75}
COARSE = "mixed_bfloat16"
PAIRS, EPOCHS, TRAIN_LIMIT = 5, 1, 6_400
FETCH_SECONDS = 3_600.0


def figures(options: Namespace) -> Iterator[Figure]:
    """A line for each pair, then for each contest the ratio of the medians."""
    with running_board() as board:
        fetch_fashion(board)
        photos = bring_photos(board, options.photos)
        for name, contest, budget in contests(options, photos):
            yield from contested(board, name, contest, budget, options.pairs or PAIRS)


def contests(options: Namespace, photos: str) -> Iterator[tuple[str, Contest, float]]:
    epochs = options.epochs or EPOCHS
    limit = TRAIN_LIMIT if options.train_limit is None else options.train_limit or None
    for recipe, budget in BUDGETS.items():
        if options.recipes and recipe not in options.recipes:
            continue
        dataset = "fashion_mnist" if recipe.startswith("fashion") else photos
        yield recipe, Contest(recipe, dataset, epochs, limit), budget
        if options.coarse and recipe in COARSE_BUDGETS:
            changed = Contest(recipe, dataset, epochs, limit, {"precision": COARSE})
            yield f"{recipe} in {COARSE}", changed, COARSE_BUDGETS[recipe]


def contested(board: Board, name: str, contest: Contest, budget: float, count: int) -> Iterator[Figure]:
    pairs: list[Pair] = []
    for number in range(1, count + 1):
        pairs.append(pair(board, contest, number))
        yield Figure(f"{name}, pair {number}", ratio(pairs[-1]), "ratio", None, told(pairs[-1]))
    ours, theirs = medians(pairs)
    seconds = {"board_seconds": ours, "notebook_seconds": theirs, "val_accuracy": accuracies(pairs)}
    yield Figure(f"{name} ÷ notebook, medians of fit", ours / theirs, "ratio", budget, seconds)


def bring_photos(board: Board, photos: Path | None) -> str:
    """The name under which the board has CIFAR-10's images."""
    name = "cifar10" if photos is None else "photos"
    if photos is None:
        board.post("/api/datasets/cifar10/prepare", b"")
    else:
        board.post(f"/api/datasets?name={name}&image_size=32", photos.read_bytes(), "application/zip")
    board.wait(lambda: board.get(f"/api/datasets/{name}")["status"] == "ready", FETCH_SECONDS, f"dataset {name}")
    return name
