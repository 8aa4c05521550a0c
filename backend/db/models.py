"""The tables. Times are seconds since 1970 by the database's clock (`clock`); no other clock decides about a lease."""

from typing import Any, ClassVar

from sqlalchemy import JSON, BigInteger, Double, ForeignKey, Index, MetaData, Text, false
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

ACTIVE = ("queued", "preparing", "running", "stopping")
HELD = ("preparing", "running", "stopping")
ENDED = ("finished", "stopped", "failed")
PRIORITIES = {"low": -1, "normal": 0, "high": 1}

# Columns of runs, by which the list is filtered and sorted (`backend.runs.listing`).
FILTERED = ("status", "dataset", "model", "study", "owner")
SORTED = (
    *("created_at", "started_at", "finished_at", "name", "status", "dataset", "model", "epoch", "epochs", "parameters"),
    *("best_loss", "best_accuracy", "best_val_loss", "best_val_accuracy", "best_val_macro_f1"),
)

Json = dict[str, Any]
JSON_OR_NULL = JSON(none_as_null=True)


class Table(DeclarativeBase):
    type_annotation_map: ClassVar[dict[type, Any]] = {float: Double(), str: Text()}
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


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
        JSON_OR_NULL, default=list, server_default="[]", comment="durations of this attempt's last epochs"
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

    __table_args__ = (
        Index("ix_runs_queue", "status", "priority", "yields", "queued_at", "id"),
        Index("uq_runs_trial", "study", "trial", unique=True),
        Index("ix_runs_cloned_from", "cloned_from"),
        # Each filter, newest first.
        *(Index(f"ix_runs_of_{column}", column, "created_at", "id") for column in FILTERED),
        Index("ix_runs_best_of_model", "model", "best_val_accuracy", "id"),
        # Each order.
        *(Index(f"ix_runs_{column}", column, "id") for column in SORTED),
    )


class Study(Table):
    """Several runs made from one request. Its trials are the runs that name it; no result is kept here.

    `runs` is how many trials it is to have, and `trials` how many were queued: the number of the next one.
    """

    __tablename__ = "studies"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    kind: Mapped[str]
    objective: Mapped[str]
    request: Mapped[Json] = mapped_column(JSON_OR_NULL, comment="the fields of its kind: space, seeds, pruner, …")
    spec: Mapped[Json] = mapped_column(JSON_OR_NULL, comment="what its runs have in common")
    recipe: Mapped[str | None]
    notes: Mapped[str] = mapped_column(default="")
    priority: Mapped[int] = mapped_column(default=0)
    runs: Mapped[int]
    trials: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[float]
    stopped_at: Mapped[float | None]
    settled_at: Mapped[float | None] = mapped_column(comment="when the driver had nothing left to do")
    importance: Mapped[Json | None] = mapped_column(JSON_OR_NULL, comment="share of each path")
    importance_of: Mapped[int] = mapped_column(default=0, comment="finished trials that it was computed from")

    __table_args__ = (
        Index("ix_studies_created_at", "created_at", "id"),
        Index("ix_studies_settled_at", "settled_at", "id"),
    )


class SearchText(Table):
    """What a run is found by: its name, tags and notes, folded. Apart from the wide rows of runs, it is read fast."""

    __tablename__ = "search_texts"

    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    text: Mapped[str]


class View(Table):
    """A saved view of the runs table."""

    __tablename__ = "views"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    query: Mapped[str] = mapped_column(comment="of the page's address, after ?")
    created_at: Mapped[float]


class Epoch(Table):
    """One epoch: its metrics (NaN and infinity as null) and the file of its validation predictions."""

    __tablename__ = "epochs"

    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    epoch: Mapped[int] = mapped_column(primary_key=True)
    metrics: Mapped[Json] = mapped_column(JSON_OR_NULL)
    predictions: Mapped[str] = mapped_column(comment="path below the data dir")
    predictions_sha256: Mapped[str]


class Event(Table):
    """An event of a run, numbered from 1 without a gap. Log lines are events of kind `log`."""

    __tablename__ = "events"

    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    time: Mapped[float]
    payload: Mapped[Json] = mapped_column(JSON_OR_NULL)

    __table_args__ = (Index("ix_events_time", "time", "run_id", "seq"),)


class Artifact(Table):
    """A file of a run. `probabilities` is the trainer's own; the others can be downloaded."""

    __tablename__ = "artifacts"

    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    epoch: Mapped[int]
    path: Mapped[str] = mapped_column(comment="path below the data dir")
    bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str]


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

    prediction_ms: Mapped[float | None] = mapped_column(comment="median time of one prediction, of a proved bundle")


class Answering(Table):
    """How the exports of a run answer, as a person chose it; a run without a row answers always, as it was trained."""

    __tablename__ = "answerings"

    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    temperature: Mapped[bool] = mapped_column(comment="whether probabilities are scaled by a fitted temperature")
    threshold: Mapped[float | None] = mapped_column(comment="least confidence of an answer; null: it always answers")


class Evaluation(BestModelJob):
    """What is computed from a run's best model after training. Its files lie in the folder of its claim."""

    __tablename__ = "evaluations"

    progress: Mapped[float] = mapped_column(default=0.0, comment="from 0 to 1")
    created_at: Mapped[float]
    finished_at: Mapped[float | None]
    epoch: Mapped[int] = mapped_column(comment="of the best.keras that it is made of")
    result: Mapped[Json | None] = mapped_column(JSON_OR_NULL, comment="what is small enough to need no file")
    files: Mapped[Json | None] = mapped_column(JSON_OR_NULL, comment="SHA-256 of each file by its name")


class Dataset(Table):
    """A dataset. `upload` holds the options of an upload (fit, image_size, …) and, until it is read, its `archive`.

    Each upload gets a new archive name: a job whose archive differs from the row's has lost its claim.
    """

    __tablename__ = "datasets"

    name: Mapped[str] = mapped_column(primary_key=True)
    status: Mapped[str]
    error: Mapped[str | None]
    folder: Mapped[str | None] = mapped_column(comment="path below the data dir, made by us")
    manifest: Mapped[Json | None] = mapped_column(JSON_OR_NULL)
    touched_at: Mapped[float] = mapped_column(comment="last sign of the job that prepares it")
    upload: Mapped[Json | None] = mapped_column(JSON_OR_NULL, comment="its options, and its archive")
    progress: Mapped[Json | None] = mapped_column(JSON_OR_NULL)
    derivation: Mapped[Json | None] = mapped_column(
        JSON_OR_NULL, deferred=True, comment="of a version: the dataset that it is made of, and the changes"
    )


class LabelDecision(Table):
    """What a person decided about the label of an image: `keep`, `relabel` or `leave_out`."""

    __tablename__ = "label_decisions"

    dataset: Mapped[str] = mapped_column(ForeignKey("datasets.name", ondelete="CASCADE"), primary_key=True)
    split: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    action: Mapped[str]
    label: Mapped[str | None] = mapped_column(comment="the new class, of relabel")
    decided_by: Mapped[str | None]
    decided_at: Mapped[float]
    revision: Mapped[str] = mapped_column(comment="a new one with each decision about the image")


class Quiz(Table):
    """Hard images of a run for people to name. `images` has position, label, prediction and confidence of each."""

    __tablename__ = "quizzes"

    id: Mapped[str] = mapped_column(primary_key=True)
    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), index=True)
    dataset: Mapped[str]
    split: Mapped[str]
    classes: Mapped[list[str]] = mapped_column(JSON_OR_NULL)
    images: Mapped[list[Json]] = mapped_column(JSON_OR_NULL)
    created_at: Mapped[float]


class QuizAnswer(Table):
    """What one player answered, a class or null for each image."""

    __tablename__ = "quiz_answers"

    id: Mapped[str] = mapped_column(primary_key=True)
    quiz_id: Mapped[str] = mapped_column(ForeignKey("quizzes.id", ondelete="CASCADE"), index=True)
    player: Mapped[str]
    answers: Mapped[list[str | None]] = mapped_column(JSON_OR_NULL)
    right_answers: Mapped[int]
    answered_at: Mapped[float]


class PeopleLabel(Table):
    """How many people gave an image a label without knowing its own, over all quizzes."""

    __tablename__ = "people_labels"

    dataset: Mapped[str] = mapped_column(ForeignKey("datasets.name", ondelete="CASCADE"), primary_key=True)
    split: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    label: Mapped[str] = mapped_column(primary_key=True)
    answers: Mapped[int]


class Worker(Table):
    """A train worker as of its last heartbeat. `slots` are as the contract lists them."""

    __tablename__ = "workers"

    name: Mapped[str] = mapped_column(primary_key=True)
    host: Mapped[str]
    heartbeat_at: Mapped[float]
    slots: Mapped[list[Json]] = mapped_column(JSON_OR_NULL)


class IdempotencyKey(Table):
    """The key and the digest of a request that created a run, kept for 24 hours."""

    __tablename__ = "idempotency_keys"

    key: Mapped[str] = mapped_column(primary_key=True)
    body_sha256: Mapped[str]
    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[float]


class Decision(Table):
    """What a person decided after comparing runs. It outlives the runs, whose names it keeps."""

    __tablename__ = "decisions"

    id: Mapped[str] = mapped_column(primary_key=True)
    kept: Mapped[str | None] = mapped_column(comment="id of the run that is kept; null: none is preferred")
    text: Mapped[str]
    created_at: Mapped[float]

    __table_args__ = (Index("ix_decisions_created_at", "created_at", "id"),)


class DecisionRun(Table):
    """A run that a decision is about; it may have been deleted since."""

    __tablename__ = "decision_runs"

    decision_id: Mapped[str] = mapped_column(ForeignKey("decisions.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[str] = mapped_column(index=True)
    name: Mapped[str] = mapped_column(comment="of the run when it was decided")
