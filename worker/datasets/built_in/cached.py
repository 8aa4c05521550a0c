"""Where the files of built-in datasets may lie on this machine: Keras' own cache, and the files that users provided."""

from pathlib import Path

from backend.datasets.built_in import BUILT_IN, SourceFile, downloads_folder
from backend.settings import keras_home


def keras_datasets() -> Path:
    """Returns the folder where Keras caches datasets."""
    return keras_home() / "datasets"


def places(file: SourceFile, datasets_dir: Path) -> list[Path]:
    """Returns the paths where a file may lie, the first one first."""
    return [*(keras_datasets() / path for path in file.cached), downloads_folder(datasets_dir) / file.name]


def cached_datasets(datasets_dir: Path) -> list[str]:
    """Returns the built-in datasets of which all files are on this machine; their SHA-256 is checked on preparing."""
    return [
        name
        for name, dataset in BUILT_IN.items()
        if dataset.files and all(any(path.is_file() for path in places(file, datasets_dir)) for file in dataset.files)
    ]
