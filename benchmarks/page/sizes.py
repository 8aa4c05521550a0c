"""The size of what a browser loads before the page is usable, and of the charts after it, as they are sent."""

import re
from collections.abc import Iterator
from pathlib import Path

from backend.settings import Settings
from benchmarks.measuring.figure import Figure

BUDGET_KB, PLOTLY_BUDGET_KB = 90.0, 350.0


def figures() -> Iterator[Figure]:
    folder = Settings().frontend_dir
    sizes = {file.name: sent_kb(file) for file in initial_files(folder)}
    details = {"files": {name: round(size, 1) for name, size in sizes.items()}}
    yield Figure("page before the charts, as sent", sum(sizes.values()), "KB", BUDGET_KB, details)
    (plotly,) = (folder / "assets").glob("plotly-basic*.js")
    yield Figure("Plotly, as sent", sent_kb(plotly), "KB", PLOTLY_BUDGET_KB)


def sent_kb(file: Path) -> float:
    """Returns the size of a file as a browser that accepts Brotli receives it."""
    compressed = file.with_name(f"{file.name}.br")
    return (compressed if compressed.exists() else file).stat().st_size / 1e3


def initial_files(folder: Path) -> list[Path]:
    """Returns index.html, the table of runs, the files that they name or import statically, and their styles."""
    files = [folder / "index.html", *(folder / "assets").glob("Runs-*.js")]
    for file in files:  # grows while it is read
        names = re.findall(r"""(?:src|href)="/?([^":]+\.(?:js|css))\"""", file.read_text())
        names += re.findall(r"""(?:^|[;}\s])(?:import|from)\s*"\./([^"]+\.js)\"""", file.read_text())
        paths = [folder / name if "/" in name else file.parent / name for name in names]
        paths += file.parent.glob(f"{file.stem.rpartition('-')[0]}-*.css") if file.suffix == ".js" else []
        files.extend(path for path in paths if path.is_file() and path not in files)
    return files
