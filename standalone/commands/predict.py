"""`epochboard runs predict`: classifies image files with a run's best model."""

import sys
from argparse import Namespace
from pathlib import Path

from standalone.commands.client import Client
from standalone.commands.runs import address
from standalone.commands.table import table
from standalone.errors import CommandError


def predict(options: Namespace) -> int:
    """Prints a row for each image, and an error for each file that has no prediction. Returns 1 after an error."""
    rows, errors = [], []
    with Client(options) as client:
        client.get(address(options))
        for path in options.images:
            try:
                rows.append(row(client, options, path))
            except CommandError as error:
                errors.append(f"{path}: {error}")
    print(table(["file", "class", "probability", "runner-up", "its probability"], rows))
    for message in errors:
        print(message, file=sys.stderr)
    return int(bool(errors))


def row(client: Client, options: Namespace, path: Path) -> list[str]:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CommandError(f"It can't be read: {error.strerror}.") from None
    top = client.call("POST", f"{address(options)}/predict", content=content)["top"]
    return [str(path), *(cell for item in top[:2] for cell in (item["class"], f"{item['probability']:.4f}"))]
