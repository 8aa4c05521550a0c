"""Learning rate too high: training stays at chance, or takes back much of what it gained."""

import numpy as np

from backend.diagnosis import remedies
from backend.diagnosis.case import Case
from backend.diagnosis.finding import Finding
from backend.diagnosis.noise import LEAST_PART, accuracy_error
from backend.diagnosis.rates import relative_rate
from backend.diagnosis.trends import undone

MIN_EPOCHS = 4
MIN_UNDONE = 0.08  # of all falls of the training loss; recorded good runs stay below 0.03
MIN_RATE = 3.0  # times the usual one: with a lower rate the cause is another one
MAX_ERRORS = 3.0  # standard errors above the accuracy of always the same class: still no better than it


def learning_rate_too_high(case: Case) -> Finding | None:
    if len(case.epochs) < MIN_EPOCHS or not case.is_finite or relative_rate(case.spec) < MIN_RATE:
        return None
    loss = case.column("loss")
    share, highest = undone(loss), float(np.max(case.train_accuracy))
    at_chance = highest < case.chance_accuracy + MAX_ERRORS * accuracy_error(case.chance_accuracy, LEAST_PART)
    if share < MIN_UNDONE and not at_chance:
        return None
    how = (
        f"Training accuracy never passed {highest:.1%}; always the same class would have {case.chance_accuracy:.1%}."
        if at_chance
        else f"Training loss goes up and down: rises took back {share:.0%} of what it fell."
    )
    return Finding(
        kind="learning_rate_too_high",
        title=f"The learning rate of {case.spec.optimizer.learning_rate:g} is too high",
        since_epoch=case.epochs[0] if at_chance else case.epochs[_first_rise(loss)],
        reasons=[
            how,
            f"It is {relative_rate(case.spec):.2g} times the usual rate of {case.spec.optimizer.title}.",
            f"Training loss was {loss[0]:.3g} in epoch {case.epochs[0]} and {loss[-1]:.3g} in the last.",
        ],
        evidence={
            "undone": share,
            "highest_train_accuracy": highest,
            "chance_accuracy": case.chance_accuracy,
            "relative_rate": relative_rate(case.spec),
        },
        next=remedies.offered(
            case.spec,
            (
                remedies.scaling(case.spec),
                remedies.learning_rate(case.spec, 1 / relative_rate(case.spec)),
                remedies.learning_rate(case.spec, 0.3),
                remedies.learning_rate(case.spec, 0.1),
            ),
        ),
    )


def _first_rise(loss: np.ndarray) -> int:
    return int((np.diff(loss) > 0).argmax())
