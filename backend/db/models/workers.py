"""The table of workers."""

from sqlalchemy.orm import Mapped, mapped_column

from backend.db.models.base import JSON_OR_NULL, Json, Table


class Worker(Table):
    """A train worker as of its last heartbeat. `slots` are as the contract lists them."""

    __tablename__ = "workers"

    name: Mapped[str] = mapped_column(primary_key=True)
    host: Mapped[str]
    heartbeat_at: Mapped[float]
    slots: Mapped[list[Json]] = mapped_column(JSON_OR_NULL)
