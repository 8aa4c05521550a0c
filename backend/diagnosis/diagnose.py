"""Applies the rules to a run."""

from collections.abc import Callable

from backend.diagnosis.case import Case
from backend.diagnosis.finding import Finding
from backend.diagnosis.rules.diverging import diverging
from backend.diagnosis.rules.overfitting import overfitting

Rule = Callable[[Case], Finding | None]

CURVE_RULES: tuple[Rule, ...] = (diverging, overfitting)
"""How the training went, the gravest first. Only the first that applies is said: the others would follow from it."""

OTHER_RULES: tuple[Rule, ...] = ()


def diagnose(case: Case) -> list[Finding]:
    """Returns what is wrong with a run; an empty list for a good one."""
    curve = next((finding for rule in CURVE_RULES if (finding := rule(case))), None)
    others = (rule(case) for rule in OTHER_RULES)
    return [finding for finding in (curve, *others) if finding]
