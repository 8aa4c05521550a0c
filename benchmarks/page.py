"""The size of what a browser loads before the page is usable, gzipped; the charts load after it."""

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

from backend.settings import Settings
from benchmarks.figure import Figure
from benchmarks.options import Options

BUDGET_KB = 100.0


def figures(_options: Options) -> Iterator[Figure]:
    folder = Settings().frontend_dir
    sizes = {file.name: len(gzip.compress(file.read_bytes(), 6)) / 1e3 for file in initial_files(folder)}
    details = {"files": {name: round(size, 1) for name, size in sizes.items()}}
    yield Figure("page before the charts, gz", sum(sizes.values()), "KB", BUDGET_KB, details)


def initial_files(folder: Path) -> list[Path]:
    """Returns index.html, the files that it names, and what those import statically."""
    files = [folder / "index.html"]
    for file in files:  # grows while it is read
        names = re.findall(r"""(?:src|href)="/?([^":]+\.(?:js|css))\"""", file.read_text())
        names += re.findall(r"""(?:^|[;}\s])(?:import|from)\s*"\./([^"]+\.js)\"""", file.read_text())
        paths = [folder / name if "/" in name else file.parent / name for name in names]
        files.extend(path for path in paths if path.is_file() and path not in files)
    return files
