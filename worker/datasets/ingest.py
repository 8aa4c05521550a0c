"""Datasets, brought into the store: `python -m worker.datasets.ingest`, which reads its order from standard input.

The order is one JSON line, `{"name", "folder", "archive", "options"}`, the last two null for a built-in dataset. It
prints JSON lines: `{"progress"}` again and again, then `{"manifest"}` or `{"error"}`. A Celery process runs it as a
child, whose memory and crashes are its own; the trainer calls `prepare`.
"""

import fcntl
import json
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from backend.datasets import store
from backend.datasets.built_in import BUILT_IN
from backend.datasets.schemas import UploadOptions
from backend.datasets.store import Manifest
from worker.datasets import sources
from worker.datasets.cache import find_files
from worker.datasets.progress import Progress, Step
from worker.datasets.uploads import read_upload
from worker.errors import DatasetUnavailable
from worker.lifeline import end_with_stdin

TELL_SECONDS = 1.0


@dataclass(frozen=True)
class IngestRequest:
    """`folder` is made, and is not there before; `archive` is the zip of an upload, `options` its `UploadOptions`."""

    name: str
    folder: str
    archive: str | None = None
    options: dict[str, Any] | None = None


def prepare(name: str, datasets_dir: Path, progress: Progress) -> tuple[Path, Manifest]:
    """Write the built-in dataset `name` into a new folder below `datasets_dir`; `progress` gets each `Step`.

    Raises DatasetUnavailable when the name is unknown, or its files are damaged or out of reach.
    """
    folder = datasets_dir / uuid.uuid4().hex
    return folder, _prepare(name, folder, progress)


def ingest(order: IngestRequest, progress: Progress) -> Manifest:
    """Make the order's folder.

    Raises:
        DatasetUnavailable: why there is none.
    """
    if order.archive is None:
        return _prepare(order.name, Path(order.folder), progress)
    options = UploadOptions.model_validate(order.options)
    return read_upload(Path(order.archive), order.name, options, Path(order.folder), progress)


def _prepare(name: str, folder: Path, progress: Progress) -> Manifest:
    if name not in BUILT_IN:
        raise DatasetUnavailable(f"There is no built-in dataset {name!r}: there are {', '.join(BUILT_IN)}.")
    with _alone(folder.parent, name):
        files = find_files(name, folder.parent, progress)
        progress(Step(f"Reading {name}"))
        arrays = sources.read(name, files)
        images = sum(arrays[split][0].shape[0] for split in store.SPLITS)
        progress(Step(f"Writing {images:,} images of {name} to the store"))
        with store.new_folder(folder) as temporary:
            return store.fill(temporary, name, list(BUILT_IN[name].classes), arrays)


@contextmanager
def _alone(datasets_dir: Path, name: str) -> Iterator[None]:
    """Let one process at a time prepare a built-in dataset: the second finds the files that the first fetched."""
    datasets_dir.mkdir(parents=True, exist_ok=True)
    with (datasets_dir / f".{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _tell(what: dict[str, Any]) -> None:
    print(json.dumps(what), flush=True)


def _teller() -> Progress:
    """Steps as lines: each new text, and at most one in TELL_SECONDS of the same."""
    last = ("", 0.0)

    def tell(step: Step) -> None:
        nonlocal last
        if step.text != last[0] or time.monotonic() - last[1] >= TELL_SECONDS:
            last = (step.text, time.monotonic())
            _tell({"progress": asdict(step)})

    return tell


def main() -> int:
    if not (line := sys.stdin.readline()):
        print("usage: python -m worker.datasets.ingest, with an order on standard input", file=sys.stderr)
        return 2
    end_with_stdin()  # a worker that is killed takes its download with it
    try:
        _tell({"manifest": ingest(IngestRequest(**json.loads(line)), _teller()).as_json()})
    except DatasetUnavailable as error:
        _tell({"error": str(error)})
    except OSError as error:
        _tell({"error": f"The disk did not take it ({error}): make room in the data folder, then try again."})
    return 0


if __name__ == "__main__":
    sys.exit(main())
