"""Train workers: their heartbeats, the list of them, and the speed of their devices."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ValidationError, ValidatorFunctionWrapHandler, field_validator
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from backend.db.clock import clock, database_time, to_datetime
from backend.db.models import HELD, Run, Worker

FORGET_SECONDS = 3600  # a worker without a heartbeat for so long is deleted
OWN_LOAD = 1.0  # of each processor, which the trainer that has just ended, or a job, leaves in the mean of a minute
MIN_GAIN = 1.1  # relative to float32; a precision with a smaller gain is not offered as fast


class TrainingCosts(BaseModel):
    """Seconds. `process` is the start of a process that imports Keras. Those of building a network, tracing it, a step,
    saving an epoch and saving its model (`best`) each have a fixed part, and parts that grow with layers or weights.

    `multiplication`, `value` and `normalized` are for a forward pass over an image: for one multiplication of a
    convolution, one output of a layer, and one of a batch normalization. `dropped` is for an output of dropout, and
    `varied` for an augmented image. What begins with `small` is for networks that are trained with one thread an
    operation. `feature_multiplication` and `feature_layer`, which is traced once, are those of a backbone.
    """

    process: float
    build_layer: float
    trace: float
    trace_layer: float
    epoch: float
    step: float
    step_layer: float
    step_weight: float
    small_step_weight: float
    multiplication: float
    small_multiplication: float
    value: float
    normalized: float
    dropped: float
    varied: float
    save: float
    save_weight: float
    best: float
    best_layer: float
    best_weight: float
    feature_multiplication: float
    feature_layer: float


class DeviceSpeeds(BaseModel):
    """What was measured once of a device: multiplications a second and the costs of a training, by precision."""

    multiplications_per_second: dict[str, float]
    training_costs: dict[str, TrainingCosts]


class Slot(BaseModel):
    """One GPU, or the CPU. `memory_used` and `memory_total` are bytes of the device, or of the machine for a CPU.

    `load` is how many processes compute or wait for each processor, the mean of a minute; null for a GPU.
    `multiplications_per_second` is the measured speed of a training step by precision; null until it is measured,
    as `training_costs` by precision are.
    `cached_datasets` are the built-in datasets whose files are on the slot's machine, prepared or not.
    `error` says what is wrong with it. A slot that can't start a trainer claims no run for `paused_seconds`, counted
    from the worker's last heartbeat.
    """

    name: str
    kind: Literal["cpu", "gpu"]
    device: str
    run: str | None = None
    busy_with: str | None = None
    memory_used: int | None = None
    memory_total: int | None = None
    load: float | None = None
    multiplications_per_second: dict[str, float] | None = None
    training_costs: dict[str, TrainingCosts] | None = None
    cached_datasets: list[str] = []
    error: str | None = None
    paused_seconds: float | None = None

    @field_validator("training_costs", mode="wrap")
    @classmethod
    def _of_this_version(cls, value: Any, validate: ValidatorFunctionWrapHandler) -> Any:
        """Costs that a worker of another version reported count as not measured."""
        try:
            return validate(value)
        except ValidationError:
            return None


class WorkerRead(BaseModel):
    name: str
    host: str
    state: Literal["alive", "lost"]
    heartbeat_at: datetime
    slots: list[Slot]


def report(session: Session, name: str, host: str, slots: list[Slot]) -> None:
    """Stores a worker's heartbeat and slots, and deletes workers without a heartbeat for an hour."""
    at = database_time(session)
    rows: list[dict[str, Any]] = [slot.model_dump() for slot in slots]
    session.merge(Worker(name=name, host=host, heartbeat_at=at, slots=rows))
    session.execute(delete(Worker).where(Worker.heartbeat_at < clock() - FORGET_SECONDS))


def remove(session: Session, name: str) -> None:
    """Removes a worker that shuts down from the list."""
    session.execute(delete(Worker).where(Worker.name == name))


def all_workers(session: Session, lease_seconds: float) -> list[WorkerRead]:
    """Returns every worker; the run of each slot comes from the runs table, which is newer than a heartbeat."""
    alive_since = database_time(session) - lease_seconds
    return [_read(session, row, alive_since) for row in session.scalars(select(Worker).order_by(Worker.name))]


def number_of_slots(session: Session, lease_seconds: float) -> int:
    """Returns the number of slots of alive workers, at least 1."""
    return slots_of(all_workers(session, lease_seconds))


def slots_of(workers: Sequence[WorkerRead]) -> int:
    """Returns the number of slots of the alive ones among `workers`, at least 1: a worker may come."""
    return max(1, len(alive_slots(workers)))


def alive_slots(workers: Sequence[WorkerRead]) -> list[Slot]:
    return [slot for worker in workers if worker.state == "alive" for slot in worker.slots]


def has_gpu(workers: Sequence[WorkerRead]) -> bool:
    return any(slot.kind == "gpu" for slot in alive_slots(workers))


def other_load(workers: Sequence[WorkerRead]) -> float:
    """Returns how many other processes want each processor of the quietest slot without a run; a GPU is quiet.

    A slot with a run says nothing: when the next one begins, that run has ended.
    """
    loads = [slot.load or 0.0 for slot in alive_slots(workers) if slot.run is None]
    return max(0.0, min(loads, default=0.0) - OWN_LOAD)


def gains(workers: Sequence[WorkerRead]) -> dict[str, float]:
    """Returns each precision's speed relative to float32, the largest ratio among the devices of alive workers."""
    ratios: dict[str, float] = {}
    for speeds in (slot.multiplications_per_second or {} for slot in alive_slots(workers)):
        for precision, speed in speeds.items():
            ratios[precision] = max(ratios.get(precision, 0.0), speed / speeds["float32"])
    return ratios


def fastest_costs(workers: Sequence[WorkerRead], precision: str) -> TrainingCosts | None:
    """Returns the costs of the device that trains convolutions fastest; None where none was measured."""
    by_precision = [slot.training_costs or {} for slot in alive_slots(workers)]
    measured = [costs[precision] for costs in by_precision if precision in costs]
    return min(measured, key=lambda costs: costs.multiplication, default=None)


def cached_datasets(workers: Sequence[WorkerRead]) -> set[str]:
    """Returns the built-in datasets that no alive worker has to download: their files are on each machine."""
    slots = [set(slot.cached_datasets) for slot in alive_slots(workers)]
    return set.intersection(*slots) if slots else set()


def _read(session: Session, row: Worker, alive_since: float) -> WorkerRead:
    held_runs = select(Run.slot, Run.id, Run.name).where(Run.worker == row.name, Run.status.in_(HELD))
    busy = {slot: (run_id, name) for slot, run_id, name in session.execute(held_runs)}
    slots = [Slot.model_validate(slot) for slot in row.slots]
    for slot in slots:
        slot.run, slot.busy_with = busy.get(slot.name, (None, None))
    return WorkerRead(
        name=row.name,
        host=row.host,
        state="alive" if row.heartbeat_at >= alive_since else "lost",
        heartbeat_at=to_datetime(row.heartbeat_at),
        slots=slots,
    )
