"""Learning rate too low: far below the usual one, and the losses still fall at the end."""

from backend.diagnosis import remedies
from backend.diagnosis.case import Case
from backend.diagnosis.finding import Finding
from backend.diagnosis.rates import relative_rate
from backend.diagnosis.rules.still_improving import still_improves
from backend.diagnosis.trends import recent_fall
from backend.phrases import percent

MAX_RATE = 0.25  # times the usual one


def learning_rate_too_low(case: Case) -> Finding | None:
    rate = relative_rate(case.spec)
    if rate > MAX_RATE or not still_improves(case):
        return None
    of_total = recent_fall(case.train_loss, case.recent)[1]
    return Finding(
        kind="learning_rate_too_low",
        title=f"The learning rate of {case.spec.optimizer.learning_rate:g} is low",
        since_epoch=case.epochs[0],
        reasons=[
            f"Training loss fell slowly, from {case.train_loss[0]:.3g} to {case.train_loss[-1]:.3g}, "
            f"{percent(of_total, 0)} of it in the last {case.recent} epochs.",
            f"It is {rate:.2g} times the usual rate of {case.spec.optimizer.title}.",
        ],
        evidence={
            "relative_rate": rate,
            "first_train_loss": float(case.train_loss[0]),
            "last_train_loss": float(case.train_loss[-1]),
            "recent_share": of_total,
        },
        next=remedies.offered(
            case.spec,
            (
                remedies.learning_rate(case.spec, 1 / rate),
                remedies.learning_rate(case.spec, 10),
                remedies.learning_rate(case.spec, 3),
            ),
        ),
    )
