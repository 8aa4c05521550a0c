"""Applies the rules to a run."""

from collections.abc import Callable

from backend.diagnosis.case import Case
from backend.diagnosis.finding import Finding
from backend.diagnosis.rules.apart_from_the_start import apart_from_the_start
from backend.diagnosis.rules.classes_never_predicted import classes_never_predicted
from backend.diagnosis.rules.diverging import diverging
from backend.diagnosis.rules.generalization_gap import generalization_gap
from backend.diagnosis.rules.learning_rate_too_high import learning_rate_too_high
from backend.diagnosis.rules.learning_rate_too_low import learning_rate_too_low
from backend.diagnosis.rules.no_better_than_guessing import no_better_than_guessing
from backend.diagnosis.rules.overfitting import overfitting
from backend.diagnosis.rules.plateau import plateau
from backend.diagnosis.rules.rare_class import rare_class
from backend.diagnosis.rules.still_improving import still_improving
from backend.diagnosis.rules.underfitting import underfitting
from backend.diagnosis.rules.validation_noise import validation_noise

Rule = Callable[[Case], Finding | None]

CURVE_RULES: tuple[Rule, ...] = (
    diverging,
    apart_from_the_start,
    learning_rate_too_high,
    learning_rate_too_low,
    overfitting,
    underfitting,
    still_improving,
    plateau,
    generalization_gap,
)
"""How the training went, the gravest first. Only the first rule that applies counts: others may follow from it."""

BEST_EPOCH_RULES: tuple[Rule, ...] = (
    no_better_than_guessing,
    classes_never_predicted,
    rare_class,
    validation_noise,
)
"""What the best epoch's predictions say, whatever the curves do."""


def diagnose(case: Case) -> list[Finding]:
    """Returns what is wrong with a run; an empty list for a good one."""
    curve = next((finding for rule in CURVE_RULES if (finding := rule(case))), None)
    others = (rule(case) for rule in BEST_EPOCH_RULES)
    return [finding for finding in (curve, *others) if finding]
