"""`epochboard datasets`: list and prepare."""

from argparse import Namespace
from typing import Any
from urllib.parse import quote

from standalone.commands.client import Client
from standalone.commands.table import table


def list_datasets(options: Namespace) -> int:
    with Client(options) as client:
        items = client.get("/api/datasets")["items"]
    print(table(["name", "status", "images", "shape", "classes"], [row(item) for item in items]))
    return 0


def row(dataset: dict[str, Any]) -> list[str]:
    counts = dataset["counts"] or {}
    images = " + ".join(f"{sum(by_class):,}" for by_class in counts.values())
    shape = " × ".join(str(side) for side in dataset["image_shape"] or [])
    is_cached = dataset["status"] == "missing" and dataset["cached"]
    status = "in Keras' cache" if is_cached else dataset["status"]
    return [dataset["name"], status, images, shape, str(len(dataset["classes"] or []) or "")]


def prepare(options: Namespace) -> int:
    with Client(options) as client:
        client.call("POST", f"/api/datasets/{quote(options.name, safe='')}/prepare")
    print(f"{options.name} is being prepared; `epochboard datasets list` shows when it is ready")
    return 0
