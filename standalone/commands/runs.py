"""`epochboard runs`: list, show, stop, resume, delete, download."""

import hashlib
import json
import os
from argparse import Namespace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from standalone.commands.client import Client
from standalone.commands.table import table
from standalone.errors import CommandError

DOCUMENTS = ("report.html", "model-card.md")  # written at each request: no SHA-256 of them is known before


def list_runs(options: Namespace) -> int:
    with Client(options) as client:
        page = client.get("/api/runs", status=options.status, limit=options.limit)
    print(table(["id", "name", "status", "epoch", "best"], [row(run) for run in page["items"]]))
    if page["total"] > len(page["items"]):
        print(f"{len(page['items'])} of {page['total']} runs")
    return 0


def row(run: dict[str, Any]) -> list[str]:
    best = f"{run['best']['monitor']} {run['best']['value']:.4f}" if run["best"] else ""
    return [run["id"], run["name"], run["status"], f"{run['epoch']}/{run['epochs']}", best]


def address(options: Namespace) -> str:
    return f"/api/runs/{quote(options.id, safe='')}"


def show_run(options: Namespace) -> int:
    with Client(options) as client:
        print(json.dumps(client.get(address(options)), indent=2, ensure_ascii=False))
    return 0


def stop_run(options: Namespace) -> int:
    mode = "kill" if options.kill else "finish"
    with Client(options) as client:
        run = client.call("POST", f"{address(options)}/stop", json={"mode": mode})
    kept = f"{run['epoch']} of {run['epochs']} epochs are kept" if run["epoch"] else "no epoch was complete"
    print(f"{run['id']} is {run['status']}, {kept}")
    return 0


def resume_run(options: Namespace) -> int:
    with Client(options) as client:
        run = client.call("POST", f"{address(options)}/resume", json={"epochs": options.epochs})
    start = f"resumes after epoch {run['epoch']} of {run['epochs']}" if run["epoch"] else "starts from the beginning"
    print(f"{run['id']} is {run['status']}, {start}")
    return 0


def delete_run(options: Namespace) -> int:
    with Client(options) as client:
        client.call("DELETE", address(options))
    print(f"deleted {options.id}")
    return 0


def download(options: Namespace) -> int:
    target = Path(options.output or options.file)
    if target.is_dir():
        target = target / options.file
    with Client(options) as client:
        if options.file in DOCUMENTS:
            fetch(client, f"{address(options)}/{options.file}", target)
            return _print_size(target)
        artifacts = {item["name"]: item for item in client.get(f"{address(options)}/artifacts")["items"]}
        if options.file not in artifacts:
            raise CommandError(
                f"Run {options.id} has no {options.file}: it has {', '.join(artifacts) or 'no files yet'}."
            )
        fetch(client, f"{address(options)}/artifacts/{options.file}", target, artifacts[options.file]["sha256"])
    return _print_size(target)


def _print_size(target: Path) -> int:
    print(f"{target}  {target.stat().st_size:,} bytes")
    return 0


def fetch(client: Client, path: str, target: Path, sha256: str | None = None) -> None:
    """Downloads into a temporary file, and renames it once its SHA-256 is right, if that is known."""
    temporary = target.with_name(f"{target.name}.part")
    digest = hashlib.sha256()
    try:
        with client.stream(path) as response, temporary.open("wb") as file:
            for block in response.iter_bytes():
                digest.update(block)
                file.write(block)
        if sha256 not in (None, digest.hexdigest()):
            raise CommandError(f"{target.name} is damaged or was replaced during the download: download it again.")
        os.replace(temporary, target)
    except httpx.HTTPError as error:
        raise client.unreachable(error) from None
    except OSError as error:
        raise CommandError(f"{target} can't be written: {error.strerror}.") from None
    finally:
        temporary.unlink(missing_ok=True)
