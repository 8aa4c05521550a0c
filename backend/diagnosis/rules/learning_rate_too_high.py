"""Learning rate too high: training stays at chance, or takes back much of what it gained."""

import numpy as np

from backend.diagnosis import remedies
from backend.diagnosis.case import Case
from backend.diagnosis.finding import Finding, NextRun
from backend.diagnosis.noise import LEAST_PART, accuracy_error
from backend.diagnosis.rates import relative_rate
from backend.diagnosis.trends import undone
from backend.phrases import percent

MIN_EPOCHS = 4
MIN_UNDONE = 0.08  # of all falls of the training loss; recorded good runs stay below 0.03
MIN_RATE = 3.0  # times the usual one: with a lower rate the cause is another one
MAX_ERRORS = 3.0  # standard errors above the accuracy of always the same class: still no better than it


def learning_rate_too_high(case: Case) -> Finding | None:
    rate = relative_rate(case.spec)
    if len(case.epochs) < MIN_EPOCHS or not case.is_finite or rate < MIN_RATE:
        return None
    loss = case.column("loss")
    share, highest = undone(loss), float(np.max(case.train_accuracy))
    at_chance = _is_at_chance(case, highest)
    if share < MIN_UNDONE and not at_chance:
        return None
    return Finding(
        kind="learning_rate_too_high",
        title=f"The learning rate of {case.spec.optimizer.learning_rate:g} is too high",
        since_epoch=case.epochs[0] if at_chance else case.epochs[_first_rise(loss)],
        reasons=[
            _stays_at_chance(case, highest) if at_chance else _goes_up_and_down(share),
            f"It is {rate:.2g} times the usual rate of {case.spec.optimizer.title}.",
            f"Training loss was {loss[0]:.3g} in epoch {case.epochs[0]} and {loss[-1]:.3g} in the last.",
        ],
        evidence={
            "undone": share,
            "highest_train_accuracy": highest,
            "chance_accuracy": case.chance_accuracy,
            "relative_rate": rate,
        },
        next=remedies.offered(case.spec, _candidates(case, rate)),
    )


def _is_at_chance(case: Case, accuracy: float) -> bool:
    return accuracy < case.chance_accuracy + MAX_ERRORS * accuracy_error(case.chance_accuracy, LEAST_PART)


def _stays_at_chance(case: Case, highest: float) -> str:
    chance = percent(case.chance_accuracy)
    return f"Training accuracy never passed {percent(highest)}; always the same class would have {chance}."


def _goes_up_and_down(undone_share: float) -> str:
    return f"Training loss goes up and down: rises took back {percent(undone_share, 0)} of what it fell."


def _first_rise(loss: np.ndarray) -> int:
    return int((np.diff(loss) > 0).argmax())


def _candidates(case: Case, rate: float) -> tuple[NextRun | None, ...]:
    spec = case.spec
    return (
        remedies.scaling(spec),
        remedies.learning_rate(spec, 1 / rate),
        remedies.learning_rate(spec, 0.3),
        remedies.learning_rate(spec, 0.1),
    )
