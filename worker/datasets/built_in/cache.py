"""Finds the files of built-in datasets: in Keras' own cache, among files that a user provided, or on the network.

A fetched file is stored in Keras' cache under Keras' name, so that notebooks on this machine share it. Where the cache
is not writable, and for files that a user provided through the API, there is `downloads` in the datasets folder.
"""

import os
from pathlib import Path

from backend.datasets.built_in import BUILT_IN, SourceFile, downloads_folder
from backend.files import sha256_of
from backend.phrases import in_short
from backend.settings import Settings
from worker.datasets.built_in.cached import keras_datasets, places
from worker.datasets.progress import ProgressCallback, ProgressUpdate
from worker.errors import DatasetUnavailable, FetchFailed


def find_files(name: str, datasets_dir: Path, on_progress: ProgressCallback) -> list[Path]:
    """Returns the files of a built-in dataset in the order of its table, each with the expected SHA-256.

    Raises:
        DatasetUnavailable: a file is not on this machine and can't be fetched.
    """
    files = BUILT_IN[name].files
    return [_find(file, datasets_dir, on_progress) or _fetch(name, file, datasets_dir, on_progress) for file in files]


def _find(file: SourceFile, datasets_dir: Path, on_progress: ProgressCallback) -> Path | None:
    for path in places(file, datasets_dir):
        if path.is_file():
            on_progress(ProgressUpdate(f"Checking {path.name}"))
            if sha256_of(path) == file.sha256:
                return path
    return None


def _fetch(name: str, file: SourceFile, datasets_dir: Path, on_progress: ProgressCallback) -> Path:
    """Fetches a file, unless the user provides it while it is being fetched."""
    from worker.datasets.fetching import fetch  # httpx, which most processes never need, takes 0.1 s to import

    cached, provided = keras_datasets() / file.cached[0], downloads_folder(datasets_dir) / file.name
    target = cached if _is_writable(cached.parent) else provided
    mirror = Settings().mirror_url
    url = f"{mirror.rstrip('/')}/{file.name}" if mirror else file.url

    def stop_if_provided(update: ProgressUpdate) -> None:
        if target != provided and provided.is_file():
            raise _ProvidedByUser
        on_progress(update)

    try:
        fetch(url, target, file.sha256, stop_if_provided)
    except _ProvidedByUser:
        return provided
    except (FetchFailed, OSError) as error:
        if provided.is_file():  # the user provided it after the last progress update
            return provided
        raise _unavailable(name, file, in_short(error)) from error
    return target


class _ProvidedByUser(Exception):
    """The user provided the file while it was being fetched."""


def _is_writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)


def _unavailable(name: str, file: SourceFile, reason: str) -> DatasetUnavailable:
    path = keras_datasets() / file.cached[0]
    damaged = f" {path} exists, but its SHA-256 is not {file.sha256}." if path.is_file() else ""
    return DatasetUnavailable(
        f"{BUILT_IN[name].title} is not on this machine and {file.name} could not be downloaded ({reason}).{damaged} "
        f"Connect this machine to the network, or download {file.url} elsewhere and add it with "
        f"`epochboard datasets add {name} {file.name}`, or save it as {path} (KERAS_HOME sets that folder)."
    )
