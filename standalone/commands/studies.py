"""`epochboard studies`: list, launch."""

from argparse import Namespace
from pathlib import Path
from typing import Any

from standalone.commands.client import Client
from standalone.commands.launch import read_json
from standalone.commands.table import table


def list_studies(options: Namespace) -> int:
    with Client(options) as client:
        page = client.get("/api/studies", limit=options.limit)
    print(table(["id", "name", "kind", "status", "runs", "best"], [row(study) for study in page["items"]]))
    if page["total"] > len(page["items"]):
        print(f"{len(page['items'])} of {page['total']} studies")
    return 0


def row(study: dict[str, Any]) -> list[str]:
    runs, best = study["runs"], study["best"]
    ended = runs["finished"] + runs["pruned"] + runs["failed"] + runs["stopped"]
    value = f"{study['objective'].removeprefix('best.')} {best['value']:.4f}" if best else ""
    return [study["id"], study["name"], study["kind"], study["status"], f"{ended}/{runs['total']}", value]


def launch_study(options: Namespace) -> int:
    request = read_json(Path(options.file), "study", "`kind` and `spec` or `recipe`")
    with Client(options) as client:
        study = client.call("POST", "/api/studies", json=request)
        print(f"{study['id']}  {client.url}/studies/{study['id']}", flush=True)
    return 0
