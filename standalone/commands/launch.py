"""`epochboard launch`: launches a recipe, or the spec in a file, with the changes of `--set`."""

import json
from argparse import Namespace
from pathlib import Path
from typing import Any

from standalone.commands.client import Client
from standalone.errors import CommandError


def launch(options: Namespace) -> int:
    with Client(options) as client:
        run = client.call("POST", "/api/runs", json=request(client, options))
        print(f"{run['id']}  {client.url}/runs/{run['id']}", flush=True)
        return follow(client, run["id"]) if options.watch else 0


def follow(client: Client, run_id: str) -> int:
    from standalone.commands.watch import watch

    return watch(client, run_id)


def request(client: Client, options: Namespace) -> dict[str, Any]:
    """The body of POST /api/runs."""
    name = {"name": options.name} if options.name else {}
    is_file = options.what.endswith(".json") or Path(options.what).is_file()
    if not is_file and not options.set:
        return {"recipe": options.what, **name}
    spec = read_json(Path(options.what), "spec", "`dataset` and `model`") if is_file else recipe(client, options.what)
    for change in options.set:
        set_value(spec, change)
    return {"spec": spec, **name}


def read_json(path: Path, what: str, fields: str) -> dict[str, Any]:
    """Returns the object in a file. `what` and `fields` tell, in an error, what it should have been."""
    try:
        content = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise CommandError(f"{path} can't be read as JSON: {error}.", code=2) from None
    if not isinstance(content, dict):
        raise CommandError(f"{path} holds no {what}: it must be an object with {fields}.", code=2)
    return content


def recipe(client: Client, name: str) -> dict[str, Any]:
    recipes = {item["name"]: item["spec"] for item in client.get("/api/recipes")["items"]}
    if name not in recipes:
        raise CommandError(f"There is no recipe {name!r}: choose one of {', '.join(recipes)}, or a .json file.")
    spec: dict[str, Any] = recipes[name]
    return spec


def set_value(spec: Any, change: str) -> None:
    """Applies `path=value`: dots separate keys and list indexes; a value that is not JSON is text."""
    path, equals, text = change.partition("=")
    keys = path.split(".")
    if not equals or not all(keys):
        raise CommandError(
            f"--set {change} is not of the form path=value, as in --set optimizer.learning_rate=0.01.", 2
        )
    try:
        value = json.loads(text)
    except ValueError:
        value = text
    parent = spec
    for key in keys[:-1]:
        parent = descend(parent, key, change)
    if isinstance(parent, list):
        descend(parent, keys[-1], change)
        parent[int(keys[-1])] = value
    elif isinstance(parent, dict):
        parent[keys[-1]] = value
    else:
        raise CommandError(f"--set {change}: {keys[-1]!r} would be inside of {parent!r}, which holds no fields.", 2)


def descend(parent: Any, key: str, change: str) -> Any:
    """Returns the value at one key; a missing one becomes an empty object."""
    if isinstance(parent, list):
        if not key.isdecimal() or int(key) >= len(parent):
            raise CommandError(f"--set {change}: {key!r} is not an index of a list of {len(parent)}.", 2)
        return parent[int(key)]
    if not isinstance(parent, dict):
        raise CommandError(f"--set {change}: {key!r} would be inside of {parent!r}, which holds no fields.", 2)
    if parent.get(key) is None:
        parent[key] = {}
    return parent[key]
