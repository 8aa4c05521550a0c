"""The tables of runs and what a training writes: epochs, events, states."""

from sqlalchemy import BigInteger, ForeignKey, Index, false
from sqlalchemy.orm import Mapped, mapped_column

from backend.db.models.base import JSON_OR_NULL, Json, Table

ACTIVE = ("queued", "preparing", "running", "stopping")
HELD = ("preparing", "running", "stopping")
ENDED = ("finished", "stopped", "failed")
PRIORITIES = {"low": -1, "normal": 0, "high": 1}


class Run(Table):
    """One training, from the request to its end. `lease` is the fencing token and only rises."""

    __tablename__ = "runs"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    status: Mapped[str]
    ended_by: Mapped[str | None]
    stop: Mapped[str | None] = mapped_column(comment="how a person asked it to end: finish or kill")
    spec: Mapped[Json] = mapped_column(JSON_OR_NULL)
    recipe: Mapped[str | None]
    study: Mapped[str | None]
    trial: Mapped[int | None] = mapped_column(comment="number in its study, from 0")
    study_values: Mapped[Json | None] = mapped_column(JSON_OR_NULL, comment="what its study chose, by path")
    pruned_epoch: Mapped[int | None] = mapped_column(comment="epoch after which its study's pruner ended it")
    owner: Mapped[str | None]
    cloned_from: Mapped[str | None]
    tags: Mapped[list[str]] = mapped_column(JSON_OR_NULL)
    notes: Mapped[str] = mapped_column(default="")
    priority: Mapped[int] = mapped_column(default=0)
    yields: Mapped[bool] = mapped_column(
        default=False, server_default=false(), comment="launched by a study: others of its priority go first"
    )
    bet: Mapped[float | None] = mapped_column(comment="best val_accuracy that was expected before the launch")
    dataset: Mapped[str]
    model: Mapped[str]
    parameters: Mapped[int | None] = mapped_column(BigInteger)

    created_at: Mapped[float]
    queued_at: Mapped[float]
    started_at: Mapped[float | None]
    finished_at: Mapped[float | None]

    worker: Mapped[str | None]
    slot: Mapped[str | None]
    attempt: Mapped[int] = mapped_column(default=0)
    lease: Mapped[int] = mapped_column(default=0)
    lease_expires_at: Mapped[float | None]
    heartbeat_at: Mapped[float | None]
    claims: Mapped[int] = mapped_column(default=0, comment="claims since an epoch was last saved")
    stalls: Mapped[int] = mapped_column(default=0, server_default="0", comment="stalls since an epoch was last saved")
    stalled_since: Mapped[float | None] = mapped_column(comment="when a trainer that stalls was last heard of")

    epoch: Mapped[int] = mapped_column(default=0)
    epoch_at: Mapped[float | None] = mapped_column(comment="when `epoch` was saved")
    last_epoch_seconds: Mapped[list[float]] = mapped_column(
        JSON_OR_NULL, default=list, server_default="[]", comment="durations of the last epochs"
    )
    epochs: Mapped[int]
    best: Mapped[Json | None] = mapped_column(JSON_OR_NULL)
    metrics: Mapped[Json | None] = mapped_column(JSON_OR_NULL)
    test: Mapped[Json | None] = mapped_column(JSON_OR_NULL)
    spark: Mapped[list[float | None]] = mapped_column(JSON_OR_NULL)
    error: Mapped[Json | None] = mapped_column(JSON_OR_NULL)
    machine: Mapped[str | None] = mapped_column(
        comment="versions, threads, device and precision it was last trained with"
    )
    precision: Mapped[str | None] = mapped_column(comment="what `auto` of its spec was decided to be; kept for ever")
    precision_reason: Mapped[str | None] = mapped_column(comment="why, in a sentence without the full stop")
    dataset_hash: Mapped[str | None] = mapped_column(comment="of what it was trained on")
    validation_images: Mapped[int | None] = mapped_column(comment="that its epochs are scored on")
    test_images: Mapped[int | None] = mapped_column(comment="of the test split, as its spec limits it")
    pixel_statistics: Mapped[Json | None] = mapped_column(
        JSON_OR_NULL, comment="what scaling `standard` takes away and divides by, by channel"
    )
    preprocessing: Mapped[Json | None] = mapped_column(
        JSON_OR_NULL, deferred=True, comment="what becomes of a picture; null: trained before this was kept"
    )
    last_seq: Mapped[int] = mapped_column(default=0)

    best_loss: Mapped[float | None]
    best_accuracy: Mapped[float | None]
    best_val_loss: Mapped[float | None]
    best_val_accuracy: Mapped[float | None]
    best_val_macro_f1: Mapped[float | None]

    @property
    def trained_spec(self) -> Json:
        """The spec with the precision that was decided, where it says `auto`."""
        return {**self.spec, "precision": self.precision} if self.precision else self.spec

    __table_args__ = (
        Index("ix_runs_queue", "status", "priority", "yields", "queued_at", "id"),
        Index("uq_runs_trial", "study", "trial", unique=True),
        Index("ix_runs_cloned_from", "cloned_from"),
        Index("ix_runs_created_at", "created_at", "id"),
        Index("ix_runs_of_dataset", "dataset", "created_at", "id"),
    )


class Epoch(Table):
    """One epoch: its metrics (NaN and infinity as null) and the file of its validation predictions."""

    __tablename__ = "epochs"

    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    epoch: Mapped[int] = mapped_column(primary_key=True)
    metrics: Mapped[Json] = mapped_column(JSON_OR_NULL)
    predictions: Mapped[str] = mapped_column(comment="path below the data dir")
    predictions_sha256: Mapped[str]


class MetricBlock(Table):
    """One metric of a full block of epochs, packed (`backend.runs.metrics.blocks`). Block 0 begins with epoch 1."""

    __tablename__ = "metric_blocks"

    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    block: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    values: Mapped[bytes] = mapped_column(comment="float64, little-endian; NaN for null")


class Event(Table):
    """An event of a run, numbered from 1 without a gap. Log lines are events of kind `log`."""

    __tablename__ = "events"

    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    time: Mapped[float]
    payload: Mapped[Json] = mapped_column(JSON_OR_NULL)

    __table_args__ = (Index("ix_events_time", "time", "run_id", "seq"),)


class State(Table):
    """What a run resumes from after an epoch; the last two are kept.

    `best` maps the names of the best model and its probabilities to their artifact rows at that epoch.
    """

    __tablename__ = "states"

    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    epoch: Mapped[int] = mapped_column(primary_key=True)
    path: Mapped[str] = mapped_column(comment="path below the data dir")
    sha256: Mapped[str]
    best: Mapped[Json | None] = mapped_column(JSON_OR_NULL, comment="null: saved before this was kept")


class SearchText(Table):
    """What a run is found by: its name, tags and notes, folded. Apart from the wide rows of runs, it is read fast."""

    __tablename__ = "search_texts"

    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    text: Mapped[str]


class RunChange(Table):
    """That a run was launched, changed or deleted. Triggers write it with the run (`backend.runs.table.columns`)."""

    __tablename__ = "run_changes"
    __table_args__ = ({"sqlite_with_rowid": False},)

    version: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    run_id: Mapped[str] = mapped_column(primary_key=True)


class IdempotencyKey(Table):
    """The key and the digest of a request that created a run, kept for 24 hours."""

    __tablename__ = "idempotency_keys"

    key: Mapped[str] = mapped_column(primary_key=True)
    body_sha256: Mapped[str]
    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[float]
