"""Every setting of the program: an environment variable each, with the prefix EPOCHBOARD_."""

from pathlib import Path
from urllib.parse import quote

from pydantic import Field, FilePath
from pydantic_settings import BaseSettings, SettingsConfigDict


def default_data_dir() -> Path:
    return Path.home() / ".local" / "share" / "epochboard"


class Settings(BaseSettings):
    """What the environment says; `docs/settings.md` is checked against this table."""

    model_config = SettingsConfigDict(env_prefix="EPOCHBOARD_", frozen=True)

    data_dir: Path = Field(
        default_factory=default_data_dir, description="Folder of the database, datasets and files of runs."
    )
    database_url: str = Field(
        "", description="SQLAlchemy URL, `postgresql+psycopg://…`; empty: SQLite in the data dir."
    )
    database_password_file: FilePath | None = Field(
        None, description="File with the database's password, which the URL then leaves out."
    )
    redis_url: str = Field("", description="Redis or Valkey to use; empty: the embedded server that `up` starts.")
    redis_password_file: FilePath | None = Field(
        None, description="File with the password of Redis, which the URL then leaves out."
    )
    frontend_dir: Path = Field(
        Path(__file__).parent.parent / "frontend" / "dist", description="The built page that the API serves."
    )
    mirror_url: str = Field(
        "", description="Where built-in datasets are fetched from instead: a web folder with their files in it."
    )
    max_upload_bytes: int = Field(
        2 * 1024**3, gt=0, description="How large the body of an uploaded dataset may be, in bytes."
    )
    allowed_hosts: list[str] = Field(
        ["127.0.0.1", "localhost", "[::1]"],
        description="Host names that requests may carry, as a JSON list.",
    )
    heartbeat_seconds: float = Field(5.0, gt=0, description="How often a worker renews the lease of its run.")
    lease_seconds: float = Field(30.0, gt=0, description="How long a claim holds without being renewed.")
    reaper_seconds: float = Field(
        5.0, gt=0, description="How often the API returns runs with an expired lease to the queue."
    )
    sweeper_seconds: float = Field(
        15.0, gt=0, description="How often the API wakes the workers again for runs that wait."
    )
    idle_seconds: float = Field(
        15.0,
        gt=0,
        description="How long a worker waits without a run before it times its devices, once for each kind; a "
        "third of it before it loads Keras for predictions.",
    )
    prefork: bool = Field(
        True,
        description="Whether a train worker keeps the process of each slot's next run ready, with Keras imported.",
    )
    exports: bool = Field(
        True, description="Whether the job worker of this machine makes and proves bundles and other exports."
    )
    alive_file: Path | None = Field(
        None, description="File that a worker touches while Celery, the broker and the database answer it."
    )

    @property
    def sqlalchemy_url(self) -> str:
        url = self.database_url or f"sqlite:///{self.data_dir / 'epochboard.db'}"
        return _with_password(url, self.database_password_file)

    @property
    def broker_url(self) -> str:
        url = self.redis_url or f"unix://{self.data_dir / 'valkey' / 'valkey.sock'}"
        return _with_password(url, self.redis_password_file)


def _with_password(url: str, file: Path | None) -> str:
    """`scheme://user@host/…` as `scheme://user:password@host/…`; as it is where it has a password, or no host."""
    scheme, _, rest = url.partition("://")
    user, _, host = rest.rpartition("@")
    if file is None or ":" in user or rest.startswith("/"):
        return url
    return f"{scheme}://{user}:{quote(file.read_text().strip(), safe='')}@{host}"
