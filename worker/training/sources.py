"""Built-in datasets from Keras' own loaders and its cache.

Keras fetches what is missing. Reading is done here, file by file, so that a damaged one can be named; and when
nothing is missing Keras isn't even imported.
"""

import contextlib
import gzip
import os
import socket
import sys
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from backend.store import Images, Labels
from worker.errors import DatasetUnavailable

FASHION_CLASSES = [
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
]
FASHION_FILES = {
    "train": ("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"),
    "test": ("t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"),
}
SILENT_SECONDS = 20.0


def fashion_mnist() -> dict[str, tuple[Images, Labels]]:
    """Images N × 28 × 28 × 1 and labels of each split, in Keras' own order."""
    folder = _folder_with_files()
    if folder is None:
        _fetch()
        folder = _folder_with_files()
    if folder is None:
        raise _unavailable("Keras fetched it, but not to where it is looked for")
    return {split: _read_split(folder, *names) for split, names in FASHION_FILES.items()}


def cache_folders() -> list[Path]:
    """Where the files may lie: below KERAS_HOME, and where Keras turns to if it can't write there."""
    home = Path(os.environ.get("KERAS_HOME", "~/.keras")).expanduser()
    spare = Path("/tmp" if Path("/tmp").is_dir() else tempfile.gettempdir()) / ".keras"  # noqa: S108 - Keras' choice
    homes = [home] if os.access(home, os.W_OK) else [home, spare]
    return [home / "datasets" / "fashion-mnist" for home in homes]


def _names() -> list[str]:
    return [name for names in FASHION_FILES.values() for name in names]


def _folder_with_files() -> Path | None:
    complete = (folder for folder in cache_folders() if all((folder / name).exists() for name in _names()))
    return next(complete, None)


def _fetch() -> None:
    import keras

    try:
        with _impatient_sockets(), contextlib.redirect_stdout(sys.stderr):
            keras.datasets.fashion_mnist.load_data()
    except (EOFError, gzip.BadGzipFile, zlib.error, ValueError):
        return  # a damaged file: reading it names it
    except Exception as error:
        raise _unavailable(str(error)) from error


@contextlib.contextmanager
def _impatient_sockets() -> Iterator[None]:
    """Keras' download has no time limit of its own: a network that swallows packets would hold it for ever."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(SILENT_SECONDS)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)


def _unavailable(reason: str) -> DatasetUnavailable:
    return DatasetUnavailable(
        f"Fashion-MNIST is not on this machine and could not be fetched ({reason}): connect it to the network, "
        f"or put {', '.join(_names())} into {cache_folders()[0]} (KERAS_HOME chooses that folder) and try again."
    )


def _read_split(folder: Path, images_name: str, labels_name: str) -> tuple[Images, Labels]:
    images = _read_idx(folder / images_name, dimensions=3)
    labels = _read_idx(folder / labels_name, dimensions=1)
    if len(images) != len(labels):
        raise DatasetUnavailable(
            f"{folder / images_name} holds {len(images)} images and {labels_name} {len(labels)} labels: "
            "delete both, so that they are fetched again."
        )
    return images[..., None], labels


def _read_idx(path: Path, dimensions: int) -> Images:
    """The array of an IDX file: a header of `dimensions` + 1 big-endian integers, then bytes."""
    try:
        content = gzip.decompress(path.read_bytes())
        shape = np.frombuffer(content, ">u4", count=dimensions, offset=4).astype(int)
        return np.frombuffer(content, np.uint8, offset=4 + 4 * dimensions).reshape(shape)
    except (OSError, EOFError, zlib.error, ValueError) as error:
        raise DatasetUnavailable(
            f"{path} is damaged ({error}): delete it, so that it is fetched again, or put a good copy in its place."
        ) from error
