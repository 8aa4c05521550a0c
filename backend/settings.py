"""The settings: one environment variable each, with the prefix EPOCHBOARD_."""

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from backend.variables import (
    above_zero,
    folder,
    names,
    optional_file,
    optional_path,
    switch,
    variable,
    whole_number,
)

MAX_FEATURE_BYTES = 10 * 1024**3


@dataclass(frozen=True)
class Settings:
    """Settings from the environment, except those that the caller gives.

    A test checks `docs/settings.md` against the fields.
    """

    data_dir: Path = variable("DATA_DIR", folder, "~/.local/share/epochboard")
    """Folder of the database, the datasets and the files of runs."""
    database_url: str = variable("DATABASE_URL", str, "")
    """SQLAlchemy URL, `postgresql+psycopg://…`; empty: SQLite in the data dir."""
    database_password_file: Path | None = variable("DATABASE_PASSWORD_FILE", optional_file, "")
    """File with the password of the database, for a URL without one."""
    redis_url: str = variable("REDIS_URL", str, "")
    """URL of Redis or Valkey; empty: the embedded server that `up` starts."""
    redis_password_file: Path | None = variable("REDIS_PASSWORD_FILE", optional_file, "")
    """File with the password of Redis, for a URL without one."""
    frontend_dir: Path = variable("FRONTEND_DIR", folder, str(Path(__file__).parents[1] / "frontend" / "dist"))
    """Folder of the built page, which the API serves."""
    mirror_url: str = variable("MIRROR_URL", str, "")
    """URL of a web folder with the files of the built-in datasets and the weights of backbones; empty: their hosts."""
    max_upload_bytes: int = variable("MAX_UPLOAD_BYTES", whole_number(), str(2 * 1024**3))
    """Maximum size of an uploaded dataset."""
    max_feature_bytes: int = variable("MAX_FEATURE_BYTES", whole_number(), str(MAX_FEATURE_BYTES))
    """Maximum size of the features of backbones that are kept."""
    study_runs: int = variable("STUDY_RUNS", whole_number(), "500")
    """Maximum number of runs of one study."""
    allowed_hosts: list[str] = variable("ALLOWED_HOSTS", names, '["127.0.0.1", "localhost", "[::1]"]')
    """Host names accepted in the Host header, as a JSON list."""
    api_processes: int = variable("API_PROCESSES", whole_number(64), "1")
    """Number of processes that serve the API, behind one port."""
    heartbeat_seconds: float = variable("HEARTBEAT_SECONDS", above_zero, "5")
    """Interval at which a worker renews the lease of its run."""
    lease_seconds: float = variable("LEASE_SECONDS", above_zero, "30")
    """Duration of a lease that is not renewed."""
    stall_seconds: float = variable("STALL_SECONDS", above_zero, "120")
    """Least time without progress after which a trainer is ended and its run resumed."""
    reaper_seconds: float = variable("REAPER_SECONDS", above_zero, "5")
    """Interval at which the API requeues runs with an expired lease."""
    sweeper_seconds: float = variable("SWEEPER_SECONDS", above_zero, "600")
    """Interval at which the API removes files that killed processes left behind."""
    poll_seconds: float = variable("POLL_SECONDS", above_zero, "3")
    """Interval at which an idle worker looks for queued runs, datasets and jobs."""
    idle_seconds: float = variable("IDLE_SECONDS", above_zero, "15")
    """Idle time after which a train worker times its devices, once for each kind. After a third of it the jobs worker
    starts the helper."""
    prefork: bool = variable("PREFORK", switch, "true")
    """Whether a train worker starts the trainer of each slot's next run ahead of time."""
    chromium: str = variable("CHROMIUM", str, "")
    """Path of the Chromium or Chrome that proves webapp.zip; empty: the first found by its usual names."""
    exports: bool = variable("EXPORTS", switch, "true")
    """Whether the jobs worker of this machine makes and verifies exports."""
    alive_file: Path | None = variable("ALIVE_FILE", optional_path, "")
    """File that a worker touches while Celery, the broker and the database respond."""

    @property
    def sqlalchemy_url(self) -> str:
        url = self.database_url or f"sqlite:///{self.data_dir / 'epochboard.db'}"
        return _with_password(url, self.database_password_file)

    @property
    def broker_url(self) -> str:
        url = self.redis_url or f"unix://{self.data_dir / 'valkey' / 'valkey.sock'}"
        return _with_password(url, self.redis_password_file)


def _with_password(url: str, file: Path | None) -> str:
    """Inserts the password into `scheme://user@host/…`; a URL with a password or without a host is unchanged."""
    scheme, _, rest = url.partition("://")
    user, _, host = rest.rpartition("@")
    if file is None or ":" in user or rest.startswith("/"):
        return url
    return f"{scheme}://{user}:{quote(file.read_text().strip(), safe='')}@{host}"


def keras_home() -> Path:
    """Returns the folder where Keras caches what it downloads."""
    return Path(os.environ.get("KERAS_HOME") or "~/.keras").expanduser()
