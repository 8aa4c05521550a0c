"""One measured figure, and the percentile that some report."""

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Figure:
    """`budget` is the largest value that is allowed, or None where the figure only informs."""

    name: str
    value: float
    unit: str
    budget: float | None = None
    details: dict[str, Any] = field(default_factory=dict)

    def as_line(self) -> str:
        """Returns the figure as JSON; `held` says whether the value is within its budget."""
        held = None if self.budget is None else self.value <= self.budget
        line = {key: value for key, value in asdict(self).items() if key != "details"}
        return json.dumps({**line, "value": round(self.value, 3), "held": held, **self.details}, ensure_ascii=False)


def percentile(values: Sequence[float], percent: float) -> float:
    """Returns the smallest of `values` that at least `percent` of them do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]
