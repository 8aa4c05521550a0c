"""Classes that the best epoch never predicts although the validation images have them."""

from backend.diagnosis import remedies
from backend.diagnosis.case import Case, Matrix
from backend.diagnosis.finding import Finding, NextRun
from backend.spec import RunSpec

MAX_CHANCE = 0.001  # that all images of a class are missed
LEAST_MISSED = 0.5  # share of its images that a rare class may miss although the others are separated well
MIN_ACCURACY = 0.5  # below, little was learned of any class, which another finding reports
NAMED = 5


def classes_never_predicted(case: Case) -> Finding | None:
    if case.matrix is None or case.best_epoch is None or case.matrix.trace() < MIN_ACCURACY * case.matrix.sum():
        return None
    missing = _missing(case.matrix)
    if not missing:
        return None
    names = [case.classes[index] for index in missing]
    images = int(case.matrix.sum(axis=1)[missing].sum())
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return Finding(
        kind="classes_never_predicted",
        title=f"Never predicts {', '.join(names[:NAMED])}{more}",
        since_epoch=case.best_epoch,
        reasons=[
            f"In epoch {case.best_epoch}, the best, none of {case.validation_images:,} predictions is one of "
            f"{'this class' if len(names) == 1 else f'these {len(names)} classes'}.",
            f"{images:,} validation images have {'it' if len(names) == 1 else 'them'}.",
        ],
        evidence={"classes": len(names), "images": images},
        next=remedies.offered(case.spec, _candidates(case.spec)),
    )


def _missing(matrix: Matrix) -> list[int]:
    """Returns the classes without a prediction, where chance is unlikely to be the reason."""
    supports, predicted = matrix.sum(axis=1), matrix.sum(axis=0)
    missed = max(LEAST_MISSED, 1 - matrix.trace() / max(1, matrix.sum()))
    return [
        index for index, support in enumerate(supports) if not predicted[index] and missed ** int(support) < MAX_CHANCE
    ]


def _candidates(spec: RunSpec) -> tuple[NextRun | None, ...]:
    balanced = NextRun("Balanced class weights", {"class_weights": "balanced"})
    weights = NextRun("Without class weights", {"class_weights": None}) if spec.class_weights else balanced
    return (weights, remedies.epochs(spec, 2), remedies.learning_rate(spec, 0.3))
