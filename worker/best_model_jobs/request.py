"""The input of a child process: what a job reads, with its files linked so that the run may replace or delete them."""

import contextlib
import shutil
from collections.abc import Callable, Set
from pathlib import Path
from typing import Protocol, Self, TypeVar

from backend.datasets.folder import DatasetDamaged
from backend.errors import Problem
from backend.files import link
from backend.phrases import in_short

MAX_LINK_ATTEMPTS = 5  # a training that replaces its best model does so once an epoch, and linking takes milliseconds


class JobRequest(Protocol):
    """`folder` is that of the claim, where the child writes."""

    @property
    def folder(self) -> Path: ...
    def as_json(self) -> str: ...
    def with_linked_files(self) -> Self: ...
    def remove_linked_files(self) -> None: ...


Request = TypeVar("Request", bound=JobRequest)


def request_or_reason(make: Callable[[], Request]) -> Request | str:
    """Returns a request with its files linked, or the reason why there is none.

    `make` reads the request from the database. It is called again where a training has just replaced the files.
    """
    try:
        for _ in range(MAX_LINK_ATTEMPTS):
            with contextlib.suppress(FileNotFoundError):
                return make().with_linked_files()
        return make().with_linked_files()
    except Problem as problem:
        return problem.detail
    except (OSError, ValueError, DatasetDamaged) as error:
        # The job fails; an exception here would leave it first in the queue for ever.
        return f"A file could not be read or written: {in_short(error)}"


def link_files(folder: Path, sources: dict[str, str]) -> dict[str, str]:
    """Links the file at each path into `folder` under its name; returns the new paths by name."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, source in sources.items():
        (folder / name).unlink(missing_ok=True)  # left by an attempt whose next file was gone
        link(Path(source), folder / name)
    return {name: str(folder / name) for name in sources}


def remove_others(entries: list[Path], in_use: Set[str]) -> None:
    """Removes files and folders of jobs that no row references.

    `entries` were listed before `in_use` was read: a job creates its folder after the commit of its claim, so a folder
    on the list has its claim by then.
    """
    for entry in entries:
        if entry.name in in_use:
            continue
        if entry.is_dir():
            shutil.rmtree(entry, ignore_errors=True)
        else:
            entry.unlink(missing_ok=True)
