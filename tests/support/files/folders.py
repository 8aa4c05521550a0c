"""What lies in a data folder."""

from pathlib import Path


def files_below(folder: Path, *, with_locks: bool = True) -> list[str]:
    """Returns the sorted paths of all files but the database."""
    files = [path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("epochboard.db")]
    return sorted(path.relative_to(folder).as_posix() for path in files if with_locks or path.suffix != ".lock")
