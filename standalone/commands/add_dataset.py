"""`epochboard datasets add`: sends a folder, a zip, or the files of a built-in dataset to the board."""

import sys
import time
from argparse import Namespace
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from standalone.commands.client import Client
from standalone.commands.look_text import look_text
from standalone.commands.table import harmless, table
from standalone.commands.zip_stream import files_in, zip_stream
from standalone.errors import CommandError

CHUNK_BYTES = 256 * 1024
POLL_SECONDS = 0.5
UPLOAD_TIMEOUT = httpx.Timeout(120.0, connect=5.0)  # the board reads a large zip's index before it answers


UPLOAD_OPTIONS = (
    *("image_size", "fit", "color", "test_fraction", "folder", "column", "labels_from", "class_levels", "table"),
    *("name_encoding", "contradictions", "disagreements", "value_range", "keep_original"),
)


def add_dataset(options: Namespace) -> int:
    """Returns 0 once the dataset is ready. An existing built-in name means that the files are those of that dataset."""
    progress = ProgressLine()
    with Client(options) as client:
        if options.dry_run:
            return dry_run(client, options, progress)
        built_in = {item["name"] for item in client.get("/api/datasets")["items"] if item["origin"] == "built_in"}
        if options.name in built_in:
            send_built_in(client, options, progress)
        else:
            query = {"name": options.name, **upload_options(options)}
            send(client, "/api/datasets", only_path(options.paths), progress, params=query)
        return wait_until_ready(client, options.name, progress)


def dry_run(client: Client, options: Namespace, progress: "ProgressLine") -> int:
    path = only_path(options.paths or [Path(options.name)])
    query = {"dry_run": "true", **upload_options(options)}
    print(look_text(send(client, "/api/datasets", path, progress, params=query)))
    return 0


def only_path(paths: list[Path]) -> Path:
    if len(paths) != 1:
        raise CommandError("Give one folder or one zip; several files go to a built-in dataset only.", code=2)
    return paths[0]


def upload_options(options: Namespace) -> dict[str, Any]:
    """Returns the query of an upload, without options that were not given."""
    values = {name: getattr(options, name) for name in UPLOAD_OPTIONS}
    return {name: value for name, value in values.items() if value is not None}


def send_built_in(client: Client, options: Namespace, progress: "ProgressLine") -> None:
    """Sends the files of a built-in dataset, as its publishers made them."""
    for path in options.paths:
        if path.is_dir():
            raise CommandError(f"{options.name} is built in: give its files, as its publishers made them.", code=2)
        send(client, f"/api/datasets/{quote(options.name, safe='')}/prepare", path, progress)


def send(client: Client, address: str, path: Path, progress: "ProgressLine", **arguments: Any) -> Any:
    """Sends a file as it is, a folder as a zip; returns the response."""
    if path.is_dir():
        paths = files_in(path)
        total = sum(file.stat().st_size for file in paths if file.is_file())
        chunks, headers = zip_stream(path, paths), {}
    elif path.is_file():
        total = path.stat().st_size
        chunks, headers = read_chunks(path), {"Content-Length": str(total)}
    else:
        raise CommandError(f"{path} is neither a folder nor a file; give a folder of images or a zip.", code=2)
    content = progress.count(f"Sending {path.name}", chunks, total)
    return client.call("POST", address, content=content, headers=headers, timeout=UPLOAD_TIMEOUT, **arguments)


def read_chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk


def wait_until_ready(client: Client, name: str, progress: "ProgressLine") -> int:
    while True:
        dataset = client.get(f"/api/datasets/{quote(name, safe='')}")
        if dataset["status"] != "preparing":
            break
        if step := dataset["progress"]:
            progress.show(step["text"], step["done"], step["total"], step["unit"])
        time.sleep(POLL_SECONDS)
    progress.clear()
    if dataset["status"] != "ready":
        raise CommandError(dataset["error"] or f"{name} is {dataset['status']}.")
    print("\n".join(summary(dataset)))
    return 0


def summary(dataset: dict[str, Any]) -> list[str]:
    """Returns the lines that report the images of each class, duplicates and skipped files."""
    counts = dataset["counts"]
    rows = [
        [label, *(f"{counts[split][index]:,}" for split in counts)] for index, label in enumerate(dataset["classes"])
    ]
    rows.append(["all", *(f"{sum(split):,}" for split in counts.values())])
    lines = [f"{dataset['name']} is ready", table(["class", *counts], rows)]
    if dataset["duplicates"]:
        lines.append(f"{dataset['duplicates']:,} images are duplicates of another image of their class")
    if contradictions := dataset["contradictions"]:
        settled, kept = contradictions["settled"], contradictions["kept"]
        lines.append(
            f"of pictures in several classes, {settled:,} were settled ({contradictions['handled']}), {kept:,} kept"
        )
    lines += [harmless(f"{notice['title']}. {notice['text']}") for notice in dataset["notices"]]
    skipped = dataset["skipped"]
    if skipped["count"]:
        lines.append(f"{skipped['count']:,} files were skipped:")
        lines += [harmless(f"  {item['entry']}: {item['reason']}") for item in skipped["items"]]
    return lines


class ProgressLine:
    """Shows progress in one line of the terminal; prints nothing where standard error is not a terminal."""

    def __init__(self) -> None:
        self.is_terminal = sys.stderr.isatty()

    def show(self, text: str, done: int, total: int | None, unit: str) -> None:
        if self.is_terminal:
            amount = f"{done / 1e6:.1f} MB" if unit == "bytes" else f"{done:,}"
            whole = f"{total / 1e6:.1f} MB" if unit == "bytes" and total else f"{total or 0:,}"
            print(f"\r\x1b[K{text}: {amount}{f' of {whole}' if total else ''}", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        if self.is_terminal:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)

    def count(self, text: str, chunks: Iterable[bytes], total: int) -> Iterator[bytes]:
        """Yields the chunks and shows how many bytes were taken."""
        done = 0
        for chunk in chunks:
            yield chunk
            done += len(chunk)
            self.show(text, done, max(total, done), "bytes")
        self.clear()
