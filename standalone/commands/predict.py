"""`epochboard runs predict`: what a run's best model makes of image files."""

import sys
from argparse import Namespace
from pathlib import Path

from standalone.client import Client
from standalone.refusal import Refusal
from standalone.runs import address
from standalone.table import table


def predict(options: Namespace) -> int:
    """A line for each file that was answered, a sentence for each other one; 1 where there is such a one."""
    rows, refused = [], []
    with Client(options) as client:
        client.get(address(options))
        for path in options.images:
            try:
                rows.append(row(client, options, path))
            except Refusal as refusal:
                refused.append(f"{path}: {refusal}")
    print(table(["file", "class", "probability", "runner-up", "its probability"], rows))
    for sentence in refused:
        print(sentence, file=sys.stderr)
    return int(bool(refused))


def row(client: Client, options: Namespace, path: Path) -> list[str]:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise Refusal(f"It can't be read: {error.strerror}.") from None
    top = client.call("POST", f"{address(options)}/predict", content=content)["top"]
    return [str(path), *(cell for guess in top[:2] for cell in (guess["class"], f"{guess['probability']:.4f}"))]
