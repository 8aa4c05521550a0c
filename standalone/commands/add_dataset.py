"""`epochboard datasets add`: a folder, a zip, or the files of a built-in dataset, sent to the board."""

import sys
import time
from argparse import Namespace
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from standalone.client import Client
from standalone.refusal import Refusal
from standalone.table import table
from standalone.zipping import files_in, zipped

PIECE_BYTES = 256 * 1024
LOOK_SECONDS = 0.5
PATIENT = httpx.Timeout(120.0, connect=5.0)
"""The board looks through the names of a large zip before it answers."""


def add(options: Namespace) -> int:
    """0 when the dataset is ready, 1 when it was refused."""
    meter = Meter()
    with Client(options) as client:
        built_in = {item["name"] for item in client.get("/api/datasets")["items"] if item["origin"] == "built_in"}
        if options.name in built_in:
            hand_over(client, options, meter)
        else:
            upload(client, options, meter)
        return wait(client, options.name, meter)


def upload(client: Client, options: Namespace, meter: "Meter") -> None:
    if len(options.paths) > 1:
        raise Refusal("Give one folder or one zip; several files go to a built-in dataset only.", code=2)
    path = options.paths[0]
    query = {"name": options.name, "image_size": options.image_size, "fit": options.fit, "color": options.color}
    query["test_fraction"] = options.test_fraction
    send(client, "/api/datasets", path, meter, params={key: value for key, value in query.items() if value is not None})


def hand_over(client: Client, options: Namespace, meter: "Meter") -> None:
    """Each file of a built-in dataset, as its publishers made it."""
    for path in options.paths:
        if path.is_dir():
            raise Refusal(f"{options.name} is built in: give its files, as its publishers made them.", code=2)
        send(client, f"/api/datasets/{quote(options.name, safe='')}/prepare", path, meter)


def send(client: Client, address: str, path: Path, meter: "Meter", **arguments: Any) -> None:
    """A file as it is, a folder as a zip."""
    if path.is_dir():
        paths = files_in(path)
        total = sum(found.stat().st_size for found in paths if found.is_file())
        pieces, headers = zipped(path, paths), {}
    elif path.is_file():
        total = path.stat().st_size
        pieces, headers = read(path), {"Content-Length": str(total)}
    else:
        raise Refusal(f"{path} is neither a folder nor a file.", code=2)
    content = meter.counted(f"Sending {path.name}", pieces, total)
    client.call("POST", address, content=content, headers=headers, timeout=PATIENT, **arguments)


def read(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(PIECE_BYTES):
            yield piece


def wait(client: Client, name: str, meter: "Meter") -> int:
    while True:
        dataset = client.get(f"/api/datasets/{quote(name, safe='')}")
        if dataset["status"] != "preparing":
            break
        if progress := dataset["progress"]:
            meter.show(progress["text"], progress["done"], progress["total"], progress["unit"])
        time.sleep(LOOK_SECONDS)
    meter.clear()
    if dataset["status"] != "ready":
        raise Refusal(dataset["error"] or f"{name} is {dataset['status']}.")
    print("\n".join(summary(dataset)))
    return 0


def summary(dataset: dict[str, Any]) -> list[str]:
    """The counts of each class, and what was found on the way."""
    counts = dataset["counts"]
    rows = [[label, *(f"{counts[split][at]:,}" for split in counts)] for at, label in enumerate(dataset["classes"])]
    rows.append(["all", *(f"{sum(by_class):,}" for by_class in counts.values())])
    lines = [f"{dataset['name']} is ready", table(["class", *counts], rows)]
    if dataset["duplicates"]:
        lines.append(f"{dataset['duplicates']:,} images equal another one")
    skipped = dataset["skipped"]
    if skipped["count"]:
        lines.append(f"{skipped['count']:,} files were left out:")
        lines += [f"  {item['entry']}: {item['reason']}" for item in skipped["items"]]
    return lines


class Meter:
    """One line on a terminal that says how far it is; nothing where the output is no terminal."""

    def __init__(self) -> None:
        self.on = sys.stderr.isatty()

    def show(self, text: str, done: int, total: int | None, unit: str) -> None:
        if self.on:
            amount = f"{done / 1e6:.1f} MB" if unit == "bytes" else f"{done:,}"
            whole = f"{total / 1e6:.1f} MB" if unit == "bytes" and total else f"{total or 0:,}"
            print(f"\r\x1b[K{text}: {amount}{f' of {whole}' if total else ''}", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        if self.on:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)

    def counted(self, text: str, pieces: Iterable[bytes], total: int) -> Iterator[bytes]:
        done = 0
        for piece in pieces:
            yield piece
            done += len(piece)
            self.show(text, done, max(total, done), "bytes")
        self.clear()
