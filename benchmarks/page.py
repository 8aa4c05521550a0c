"""What a browser fetches before it can use the page, compressed as a server would; charts come after it."""

import gzip
import re
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from backend.settings import Settings
from benchmarks.figure import Figure

BUDGET_KB = 100.0


def figures(_options: Namespace) -> Iterator[Figure]:
    folder = Settings().frontend_dir
    sizes = {file.name: len(gzip.compress(file.read_bytes(), 6)) / 1e3 for file in needed_at_once(folder)}
    details = {"files": {name: round(size, 1) for name, size in sizes.items()}}
    yield Figure("page before the charts, gz", sum(sizes.values()), "KB", BUDGET_KB, details)


def needed_at_once(folder: Path) -> list[Path]:
    """index.html, what it names, and what those scripts import before they run."""
    found = [folder / "index.html"]
    for file in found:
        names = re.findall(r"""(?:src|href)="/?([^":]+\.(?:js|css))\"""", file.read_text())
        names += re.findall(r"""(?:^|[;}\s])(?:import|from)\s*"\./([^"]+\.js)\"""", file.read_text())
        paths = [folder / name if "/" in name else file.parent / name for name in names]
        found.extend(path for path in paths if path.is_file() and path not in found)
    return found
