"""Empty databases for tests."""

import functools
import tempfile
from contextlib import closing
from pathlib import Path

import pysqlite3

from backend.db.engine import migrate
from backend.settings import Settings

FILE = "epochboard.db"


def create_sqlite(settings: Settings) -> None:
    """Writes a copy of an empty SQLite database into the data folder: the migrations take thirty times as long."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    (settings.data_dir / FILE).write_bytes(_migrated_file())


@functools.cache
def _migrated_file() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        migrate(Settings(data_dir=Path(folder)))
        with closing(pysqlite3.connect(Path(folder) / FILE)) as connection:
            connection.execute("VACUUM")  # of pages that migrations have freed, which a full disk would still have
        return (Path(folder) / FILE).read_bytes()
