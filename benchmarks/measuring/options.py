"""The options of all benchmarks, and the datasets of images that this machine has."""

import os
from dataclasses import dataclass
from pathlib import Path

from backend.datasets.built_in import BUILT_IN

FASHION, CIFAR = "fashion_mnist", "cifar10"


@dataclass(frozen=True)
class Options:
    """`None` means each benchmark's own default. `train_limit` 0 means all images.

    `smoke` makes everything tiny: it shows that a benchmark works, and its figures mean nothing.
    """

    pairs: int | None = None
    epochs: int | None = None
    train_limit: int | None = None
    recipes: tuple[str, ...] = ()
    coarse: bool = False
    photos: Path | None = None
    offline: bool = False
    smoke: bool = False

    def has_images(self, dataset: str) -> bool:
        """True if the benchmarks that need this dataset can run, without a download."""
        if self.smoke:
            return True
        return not self.offline and ((dataset == CIFAR and self.photos is not None) or is_cached(dataset))


def keras_datasets() -> Path:
    return Path(os.environ.get("KERAS_HOME") or "~/.keras").expanduser() / "datasets"


def is_cached(dataset: str) -> bool:
    """True if all files of a built-in dataset are in Keras' own cache."""
    folder = keras_datasets()
    return all(any((folder / path).is_file() for path in file.cached) for file in BUILT_IN[dataset].files)


def how_to_include(dataset: str) -> str:
    """Returns what is missing and what to pass, for standard error."""
    keras_home = f"KERAS_HOME=FOLDER where FOLDER/datasets has its files (now {keras_datasets().parent})"
    photos = " or --photos ZIP with its images in class folders" if dataset == CIFAR else ""
    return f"{BUILT_IN[dataset].title} is not on this machine: set {keras_home}{photos}"
