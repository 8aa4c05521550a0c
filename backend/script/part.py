"""What a script is made of, and of what it is made."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from backend.network import Network
from backend.planning.execution_plan import ExecutionPlan
from backend.spec import RunSpec


@dataclass(frozen=True)
class Given:
    """A run as far as its script needs it; `trained_on` is what it says of its machine, None before it was trained."""

    run_id: str
    run_name: str
    spec: RunSpec
    network: Network
    classes: list[str]
    pace: ExecutionPlan
    trained_on: str | None


@dataclass
class Part:
    """One section: what it imports, its constants (those that its reader may change, and the `fixed` ones) and its
    functions and classes, all of them whole lines, in order."""

    imports: set[str] = field(default_factory=set)
    constants: list[str] = field(default_factory=list)
    code: list[str] = field(default_factory=list)
    fixed: list[str] = field(default_factory=list)


def together(parts: Iterable[Part]) -> Part:
    whole = Part()
    for part in parts:
        whole.imports |= part.imports
        whole.constants += part.constants
        whole.code += part.code
        whole.fixed += part.fixed
    return whole
