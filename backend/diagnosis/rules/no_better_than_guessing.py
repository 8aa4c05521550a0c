"""A best epoch that is no better than predicting the commonest class for each image."""

from backend.analysis.intervals import wilson
from backend.diagnosis import remedies
from backend.diagnosis.case import Case
from backend.diagnosis.finding import Finding


def no_better_than_guessing(case: Case) -> Finding | None:
    if case.ended_by is None or case.matrix is None or case.best_epoch is None or not case.matrix.sum():
        return None
    images, right = int(case.matrix.sum()), int(case.matrix.trace())
    supports = case.matrix.sum(axis=1)
    baseline = float(supports.max()) / images
    if wilson(right, images)[0] > baseline:
        return None
    commonest = case.classes[int(supports.argmax())]
    return Finding(
        kind="no_better_than_guessing",
        title=f"No better than always predicting {commonest}",
        since_epoch=case.best_epoch,
        reasons=[
            f"Epoch {case.best_epoch}, the best, is right on {right / images:.1%} of {images:,} validation images.",
            f"Predicting {commonest} for each of them would be right on {baseline:.1%}.",
        ],
        evidence={"accuracy": right / images, "baseline": baseline, "images": images},
        next=remedies.offered(case.spec, (remedies.epochs(case.spec, 2), remedies.learning_rate(case.spec, 0.3))),
    )
