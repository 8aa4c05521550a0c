"""Built-in datasets, brought into the store: `python -m worker.ingest NAME DATASETS_DIR`.

The command prints one JSON line, `{"folder", "manifest"}` or `{"error"}`, and tells its progress on stderr. A Celery
process runs it as a child, since it may not import TensorFlow itself; the trainer calls `prepare`.
"""

import fcntl
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from backend import store
from backend.store import Arrays, Manifest
from worker.errors import DatasetUnavailable
from worker.lifeline import end_with_stdin

Progress = Callable[[str], object]

FOR_WORKER = "EPOCHBOARD_FOR_WORKER"
"""Set by the worker that reads the answer and holds this command's standard input open as long as it lives."""

TEST_FRACTION = 0.2
SPLIT_SEED = 0


def prepare(name: str, datasets_dir: Path, progress: Progress) -> tuple[Path, Manifest]:
    """Write the built-in dataset `name` into a new folder below `datasets_dir`; `progress` gets sentences.

    Raises DatasetUnavailable when the name is unknown, or its files are damaged or out of reach.
    """
    if name not in BUILT_IN:
        raise DatasetUnavailable(f"There is no built-in dataset {name!r}: there are {', '.join(BUILT_IN)}.")
    with _alone(datasets_dir, name):
        progress(f"Reading {name}, and fetching it where this machine has not got it")
        classes, arrays = BUILT_IN[name]()
        progress(f"Writing {sum(len(arrays[split][0]) for split in store.SPLITS):,} images of {name} to the store")
        return store.write(datasets_dir, name, classes, arrays)


def digits() -> tuple[list[str], Arrays]:
    """scikit-learn's 1,797 digits, 8 × 8 × 1, their 0 to 16 spread over 0 to 255."""
    from sklearn.datasets import load_digits

    bunch = load_digits()
    images = np.rint(bunch.images * 255 / 16).astype(np.uint8)[..., None]
    train, test = split_by_class(bunch.target)
    arrays = {"train": (images[train], bunch.target[train]), "test": (images[test], bunch.target[test])}
    return [str(name) for name in bunch.target_names], arrays


def fashion_mnist() -> tuple[list[str], Arrays]:
    from worker.training import sources

    return sources.FASHION_CLASSES, sources.fashion_mnist()


def split_by_class(labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Positions of train and of test, ascending: of each class the same seeded fifth goes to test."""
    draw = np.random.default_rng(SPLIT_SEED)
    test: list[int] = []
    for label in np.unique(labels):
        positions = draw.permutation(np.flatnonzero(labels == label))
        test.extend(positions[: round(len(positions) * TEST_FRACTION)])
    return np.setdiff1d(np.arange(len(labels)), test), np.sort(test)


BUILT_IN: dict[str, Callable[[], tuple[list[str], Arrays]]] = {
    "digits": digits,
    "fashion_mnist": fashion_mnist,
}


@contextmanager
def _alone(datasets_dir: Path, name: str) -> Iterator[None]:
    """Let one process at a time prepare a dataset: Keras downloads to the final name, two would mix their bytes."""
    datasets_dir.mkdir(parents=True, exist_ok=True)
    with (datasets_dir / f".{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def main() -> int:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    if len(sys.argv) != 3:
        print("usage: python -m worker.ingest NAME DATASETS_DIR", file=sys.stderr)
        return 2
    if FOR_WORKER in os.environ:
        end_with_stdin()  # a worker that is killed takes its download with it
    try:
        folder, manifest = prepare(sys.argv[1], Path(sys.argv[2]), lambda text: print(text, file=sys.stderr))
    except (DatasetUnavailable, OSError) as error:
        print(json.dumps({"error": str(error)}))
        return 1
    print(json.dumps({"folder": str(folder), "manifest": manifest.as_json()}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
