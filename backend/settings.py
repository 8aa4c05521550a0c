"""The settings: one environment variable each, with the prefix EPOCHBOARD_."""

import os
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, FilePath, model_validator
from pydantic_core import from_json

PREFIX = "EPOCHBOARD_"
MAX_FEATURE_BYTES = 10 * 1024**3


def default_data_dir() -> Path:
    return Path.home() / ".local" / "share" / "epochboard"


def _read_list(value: Any) -> Any:
    """Decodes the JSON of an environment variable."""
    return from_json(value) if isinstance(value, str) else value


class Settings(BaseModel):
    """Settings from the environment. A test checks `docs/settings.md` against the fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    data_dir: Path = Field(
        default_factory=default_data_dir, description="Folder of the database, the datasets and the files of runs."
    )
    database_url: str = Field(
        "", description="SQLAlchemy URL, `postgresql+psycopg://…`; empty: SQLite in the data dir."
    )
    database_password_file: FilePath | None = Field(
        None, description="File with the password of the database, for a URL without one."
    )
    redis_url: str = Field("", description="URL of Redis or Valkey; empty: the embedded server that `up` starts.")
    redis_password_file: FilePath | None = Field(
        None, description="File with the password of Redis, for a URL without one."
    )
    frontend_dir: Path = Field(
        Path(__file__).parent.parent / "frontend" / "dist",
        description="Folder of the built page, which the API serves.",
    )
    mirror_url: str = Field(
        "",
        description="URL of a web folder with the files of the built-in datasets and the weights of backbones; empty: "
        "their own hosts.",
    )
    max_upload_bytes: int = Field(2 * 1024**3, gt=0, description="Maximum size of an uploaded dataset, in bytes.")
    max_feature_bytes: int = Field(
        MAX_FEATURE_BYTES, gt=0, description="Maximum size of the features of backbones that are kept, in bytes."
    )
    study_runs: int = Field(500, ge=1, description="Maximum number of runs of one study.")
    allowed_hosts: Annotated[list[str], BeforeValidator(_read_list)] = Field(
        ["127.0.0.1", "localhost", "[::1]"],
        description="Host names accepted in the Host header, as a JSON list.",
    )
    api_processes: int = Field(1, ge=1, le=64, description="Number of processes that serve the API, behind one port.")
    heartbeat_seconds: float = Field(5.0, gt=0, description="Interval at which a worker renews the lease of its run.")
    lease_seconds: float = Field(30.0, gt=0, description="Duration of a lease that is not renewed.")
    stall_seconds: float = Field(
        120.0,
        gt=0,
        description="Least time without progress after which a trainer is ended and its run resumed.",
    )
    reaper_seconds: float = Field(
        5.0, gt=0, description="Interval at which the API requeues runs with an expired lease."
    )
    sweeper_seconds: float = Field(
        600.0, gt=0, description="Interval at which the API removes files that killed processes left behind."
    )
    poll_seconds: float = Field(
        3.0,
        gt=0,
        description="Interval at which an idle worker looks for queued runs, datasets and jobs.",
    )
    idle_seconds: float = Field(
        15.0,
        gt=0,
        description="Idle time after which a train worker times its devices, once for each kind. After a third of it "
        "the jobs worker starts the helper.",
    )
    prefork: bool = Field(
        True,
        description="Whether a train worker starts the trainer of each slot's next run ahead of time.",
    )
    chromium: str = Field(
        "",
        description="Path of the Chromium or Chrome that proves webapp.zip; empty: the first found by its usual names.",
    )
    exports: bool = Field(True, description="Whether the jobs worker of this machine makes and verifies exports.")
    alive_file: Path | None = Field(
        None, description="File that a worker touches while Celery, the broker and the database respond."
    )

    @model_validator(mode="before")
    @classmethod
    def _add_environment(cls, values: dict[str, Any]) -> dict[str, Any]:
        """Adds the variables of the environment to the values that the caller gives, which have precedence."""
        variables = {name: os.environ.get(PREFIX + name.upper()) for name in cls.model_fields}
        return {**{name: text for name, text in variables.items() if text is not None}, **values}

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
