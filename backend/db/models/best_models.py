"""The tables of a run's files and of what is made from its best model."""

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from backend.db.models.base import JSON_OR_NULL, Json, Table


class Artifact(Table):
    """A file of a run. `probabilities` is the trainer's own; the others can be downloaded."""

    __tablename__ = "artifacts"

    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    epoch: Mapped[int]
    path: Mapped[str] = mapped_column(comment="path below the data dir")
    bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str]


class BestModelJob(Table):
    """Columns of a job on a run's best model. `status` is `wanted`, `making`, `ready` or `failed` with a reason."""

    __abstract__ = True

    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    status: Mapped[str]
    reason: Mapped[str | None]
    of_sha256: Mapped[str] = mapped_column(comment="of the best.keras that it is made of")
    touched_at: Mapped[float] = mapped_column(comment="last sign of the job that makes it")
    claim: Mapped[str | None] = mapped_column(comment="names the folder of the job that makes it")
    tries: Mapped[int] = mapped_column(default=0, server_default="0", comment="jobs that took it since it was wanted")


class Export(BestModelJob):
    """An export of a run's best model, whose file is an artifact."""

    __tablename__ = "exports"

    prediction_ms: Mapped[float | None] = mapped_column(comment="shortest time of one prediction, of a proved bundle")
    figures: Mapped[Json | None] = mapped_column(JSON_OR_NULL, comment="what was measured of a small TFLite file")


class Evaluation(BestModelJob):
    """What is computed from a run's best model after training. Its files lie in the folder of its claim."""

    __tablename__ = "evaluations"

    progress: Mapped[float] = mapped_column(default=0.0, comment="from 0 to 1")
    created_at: Mapped[float]
    finished_at: Mapped[float | None]
    epoch: Mapped[int] = mapped_column(comment="of the best.keras that it is made of")
    result: Mapped[Json | None] = mapped_column(JSON_OR_NULL, comment="what is small enough to need no file")
    files: Mapped[Json | None] = mapped_column(JSON_OR_NULL, comment="SHA-256 of each file by its name")


class Answering(Table):
    """How the exports of a run answer, as a person chose it; a run without a row answers always, as it was trained."""

    __tablename__ = "answerings"

    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    temperature: Mapped[bool] = mapped_column(comment="whether probabilities are scaled by a fitted temperature")
    threshold: Mapped[float | None] = mapped_column(comment="least confidence of an answer; null: it always answers")
