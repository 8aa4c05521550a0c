"""Writes a dataset into the store: built-in ones in the trainer (`prepare`), all kinds in a child process of a worker.

`python -m worker.datasets.ingest` reads an `IngestRequest` as one JSON line from standard input. It prints JSON lines:
`{"progress"}` repeatedly, then `{"manifest"}` or `{"error"}`. A crash or too much memory there ends no worker.
"""

import fcntl
import json
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from backend.datasets import store
from backend.datasets.built_in import BUILT_IN
from backend.datasets.schemas import UploadOptions
from backend.datasets.store import Manifest
from backend.phrases import in_short
from worker.datasets.built_in import sources
from worker.datasets.built_in.cache import find_files
from worker.datasets.ingest_request import IngestRequest
from worker.datasets.progress import ProgressCallback, ProgressUpdate
from worker.datasets.uploads import read_upload
from worker.datasets.versions import write_version
from worker.errors import DatasetUnavailable
from worker.process.lifeline import end_with_stdin
from worker.process.oom_score import raise_oom_score

PRINT_SECONDS = 1.0  # at most one line about the same activity in this time


def prepare(name: str, datasets_dir: Path, on_progress: ProgressCallback) -> tuple[Path, Manifest]:
    """Writes the built-in dataset `name` into a new folder below `datasets_dir`; returns the folder and manifest.

    Raises:
        DatasetUnavailable: the name is unknown, or a file is damaged or can't be fetched.
    """
    folder = datasets_dir / uuid.uuid4().hex
    return folder, _write_built_in(name, folder, on_progress)


def ingest(request: IngestRequest, on_progress: ProgressCallback) -> Manifest:
    """Writes the requested dataset into `request.folder`.

    Raises:
        DatasetUnavailable: as `prepare`, or the upload is refused, or as `write_version`.
    """
    if request.derivation is not None:
        source, folder = Path(request.source or ""), Path(request.folder)
        original = Path(request.original) if request.original else None
        return write_version(source, request.name, request.derivation, folder, on_progress, original)
    if request.archive is None:
        return _write_built_in(request.name, Path(request.folder), on_progress)
    options = UploadOptions.model_validate(request.options)
    return read_upload(Path(request.archive), request.name, options, Path(request.folder), on_progress)


def _write_built_in(name: str, folder: Path, on_progress: ProgressCallback) -> Manifest:
    if name not in BUILT_IN:
        raise DatasetUnavailable(f"There is no built-in dataset {name!r}: there are {', '.join(BUILT_IN)}.")
    with _locked(folder.parent, name):
        files = find_files(name, folder.parent, on_progress)
        on_progress(ProgressUpdate(f"Reading {name}"))
        arrays = sources.read(name, files)
        images = sum(images.shape[0] for images, _ in arrays.values())
        on_progress(ProgressUpdate(f"Writing {images:,} images of {name} to the store"))
        with store.new_folder(folder) as temporary:
            return store.write_dataset(temporary, name, list(BUILT_IN[name].classes), arrays)


@contextmanager
def _locked(datasets_dir: Path, name: str) -> Iterator[None]:
    """Lets one process at a time prepare a built-in dataset; the next one finds the files already fetched."""
    datasets_dir.mkdir(parents=True, exist_ok=True)
    with (datasets_dir / f".{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _print_json(message: dict[str, Any]) -> None:
    print(json.dumps(message), flush=True)


def _progress_printer() -> ProgressCallback:
    """Returns a callback that prints each new activity, and at most one line in PRINT_SECONDS about the same one."""
    text, printed_at = "", 0.0

    def on_progress(update: ProgressUpdate) -> None:
        nonlocal text, printed_at
        if update.text != text or time.monotonic() - printed_at >= PRINT_SECONDS:
            text, printed_at = update.text, time.monotonic()
            _print_json({"progress": asdict(update)})

    return on_progress


def main() -> int:
    if not (line := sys.stdin.readline()):
        print("usage: python -m worker.datasets.ingest, with a request as JSON on standard input", file=sys.stderr)
        return 2
    raise_oom_score()
    end_with_stdin()  # when the worker is killed, this process ends, too
    try:
        _print_json({"manifest": ingest(IngestRequest(**json.loads(line)), _progress_printer()).as_json()})
    except DatasetUnavailable as error:
        _print_json({"error": str(error)})
    except OSError as error:
        _print_json(
            {"error": f"The dataset could not be written ({in_short(error)}); free some disk space, then try again."}
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
