"""`epochboard launch`: a recipe or a spec from a file, with changes, becomes a run."""

import json
from argparse import Namespace
from pathlib import Path
from typing import Any

from standalone.client import Client
from standalone.refusal import Refusal


def launch(options: Namespace) -> int:
    with Client(options) as client:
        run = client.call("POST", "/api/runs", json=request(client, options))
        print(f"{run['id']}  {client.url}/runs/{run['id']}", flush=True)
        return follow(client, run["id"]) if options.watch else 0


def follow(client: Client, run_id: str) -> int:
    from standalone.watch import watch

    return watch(client, run_id)


def request(client: Client, options: Namespace) -> dict[str, Any]:
    """The body of POST /api/runs."""
    named = {"name": options.name} if options.name else {}
    is_file = options.what.endswith(".json") or Path(options.what).is_file()
    if not is_file and not options.set:
        return {"recipe": options.what, **named}
    spec = read(Path(options.what)) if is_file else recipe(client, options.what)
    for change in options.set:
        put(spec, change)
    return {"spec": spec, **named}


def read(path: Path) -> dict[str, Any]:
    try:
        spec = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise Refusal(f"{path} can't be read as JSON: {error}.", code=2) from None
    if not isinstance(spec, dict):
        raise Refusal(f"{path} holds no spec: an object with `dataset` and `model` is wanted.", code=2)
    return spec


def recipe(client: Client, name: str) -> dict[str, Any]:
    recipes = {item["name"]: item["spec"] for item in client.get("/api/recipes")["items"]}
    if name not in recipes:
        raise Refusal(f"There is no recipe {name!r}: choose one of {', '.join(recipes)}, or a file ending in .json.")
    spec: dict[str, Any] = recipes[name]
    return spec


def put(spec: Any, change: str) -> None:
    """Applies `path=value`: the path has dots and list indexes, the value is JSON, or else plain text."""
    path, equals, text = change.partition("=")
    keys = path.split(".")
    if not equals or not all(keys):
        raise Refusal(f"--set {change} is not of the form path=value, such as --set optimizer.learning_rate=0.01.", 2)
    try:
        value = json.loads(text)
    except ValueError:
        value = text
    place = spec
    for key in keys[:-1]:
        place = step(place, key, change)
    if isinstance(place, list):
        step(place, keys[-1], change)
        place[int(keys[-1])] = value
    elif isinstance(place, dict):
        place[keys[-1]] = value
    else:
        raise Refusal(f"--set {change}: {keys[-1]!r} would be inside of {place!r}, which holds no fields.", 2)


def step(place: Any, key: str, change: str) -> Any:
    """What lies at one key; an object is made where the spec has nothing yet."""
    if isinstance(place, list):
        if not key.isdecimal() or int(key) >= len(place):
            raise Refusal(f"--set {change}: {key!r} is not an index of a list of {len(place)}, counted from 0.", 2)
        return place[int(key)]
    if not isinstance(place, dict):
        raise Refusal(f"--set {change}: {key!r} would be inside of {place!r}, which holds no fields.", 2)
    if place.get(key) is None:
        place[key] = {}
    return place[key]
