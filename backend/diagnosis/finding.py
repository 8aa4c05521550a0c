"""What a rule returns: a finding with its evidence, and the next runs that it offers."""

from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal[
    "apart_from_the_start",
    "classes_never_predicted",
    "diverging",
    "generalization_gap",
    "learning_rate_too_high",
    "learning_rate_too_low",
    "no_better_than_guessing",
    "overfitting",
    "plateau",
    "rare_class",
    "still_improving",
    "underfitting",
    "validation_noise",
]


@dataclass(frozen=True)
class NextRun:
    """A clone with one change: values by their paths in the spec."""

    title: str
    changes: dict[str, Any]


@dataclass(frozen=True)
class Finding:
    """`reasons` are sentences with the numbers of `evidence`; `since_epoch` is where a chart marks the finding."""

    kind: Kind
    title: str
    since_epoch: int
    reasons: list[str]
    evidence: dict[str, float]
    next: list[NextRun] = field(default_factory=list)
