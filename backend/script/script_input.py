"""What a script is written from."""

from dataclasses import dataclass

from backend.network import Network
from backend.planning.execution_plan import ExecutionPlan
from backend.spec import RunSpec


@dataclass(frozen=True)
class ScriptInput:
    """`machine` is the run's line of versions, threads and device, None before it was trained."""

    run_id: str
    run_name: str
    spec: RunSpec
    network: Network
    classes: list[str]
    plan: ExecutionPlan
    machine: str | None
