"""Where the files of built-in datasets lie: in Keras' own cache, in our datasets folder, or on the network.

Keras' cache comes first and is where we put what we fetch, under Keras' own names: a notebook on this machine and this
board then share one copy, whoever fetched it. Where it can't be written, and for files that a user handed to the
board (the API may run elsewhere than its workers), there is `downloads` in the datasets folder.
"""

import os
from pathlib import Path

from backend.datasets.built_in import BUILT_IN, SourceFile, downloads
from backend.files import sha256_of
from backend.settings import Settings
from worker.datasets.fetching import FetchFailed, fetch
from worker.datasets.progress import Progress, Step
from worker.errors import DatasetUnavailable


def find_files(name: str, datasets_dir: Path, progress: Progress) -> list[Path]:
    """The files of a built-in dataset, in the order of its table; each has the hash that is expected.

    Raises:
        DatasetUnavailable: one is not here and can't be fetched.
    """
    wanted = BUILT_IN[name].files
    return [_find(file, datasets_dir, progress) or _fetched(name, file, datasets_dir, progress) for file in wanted]


def keras_datasets() -> Path:
    return Path(os.environ.get("KERAS_HOME") or "~/.keras").expanduser() / "datasets"


def _find(file: SourceFile, datasets_dir: Path, progress: Progress) -> Path | None:
    places = [keras_datasets() / path for path in file.cached] + [downloads(datasets_dir) / file.name]
    for place in places:
        if place.is_file():
            progress(Step(f"Checking {place.name}"))
            if sha256_of(place) == file.sha256:
                return place
    return None


def _fetched(name: str, file: SourceFile, datasets_dir: Path, progress: Progress) -> Path:
    in_keras, in_ours = keras_datasets() / file.cached[0], downloads(datasets_dir) / file.name
    target = in_keras if _writable(in_keras.parent) else in_ours
    mirror = Settings().mirror_url
    url = f"{mirror.rstrip('/')}/{file.name}" if mirror else file.url

    def watch(step: Step) -> None:
        if target != in_ours and in_ours.is_file():
            raise _HandedOver
        progress(step)

    try:
        fetch(url, target, file.sha256, watch)
    except _HandedOver:
        return in_ours
    except (FetchFailed, OSError) as error:
        if in_ours.is_file():  # it came after the last try
            return in_ours
        raise _unavailable(name, file, str(error)) from error
    return target


class _HandedOver(Exception):
    """Somebody was tired of waiting, and handed the file over while it was being fetched."""


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)


def _unavailable(name: str, file: SourceFile, reason: str) -> DatasetUnavailable:
    place = keras_datasets() / file.cached[0]
    damaged = f" {place} is there, but its SHA-256 is not {file.sha256}." if place.is_file() else ""
    return DatasetUnavailable(
        f"{BUILT_IN[name].title} is not on this machine and {file.name} could not be fetched ({reason}).{damaged} "
        f"Connect this machine to the network, or fetch {file.url} elsewhere and hand it over with "
        f"`epochboard datasets add {name} {file.name}`, or put it to {place} (KERAS_HOME chooses that folder)."
    )
