"""A best epoch that is not significantly better than predicting the commonest class for each image."""

from backend.analysis.statistics import mcnemar
from backend.diagnosis import remedies
from backend.diagnosis.case import Case
from backend.diagnosis.finding import Finding, NextRun
from backend.phrases import percent


def no_better_than_guessing(case: Case) -> Finding | None:
    if case.ended_by is None or case.matrix is None or case.best_epoch is None or not case.matrix.sum():
        return None
    images, right = int(case.matrix.sum()), int(case.matrix.trace())
    supports = case.matrix.sum(axis=1)
    most = int(supports.argmax())
    both = int(case.matrix[most, most])
    only_model, only_baseline = right - both, int(supports[most]) - both
    p_value = mcnemar.p_value_better(only_baseline, only_model)
    if p_value < mcnemar.SIGNIFICANT:
        return None
    commonest, baseline = case.classes[most], float(supports[most]) / images
    return Finding(
        kind="no_better_than_guessing",
        title=_title(only_model - only_baseline, commonest),
        since_epoch=case.best_epoch,
        reasons=[
            f"Epoch {case.best_epoch}, the best, is right on {percent(right / images)} of {images:,} "
            "validation images.",
            f"Predicting {commonest} for each of them would be right on {percent(baseline)}.",
            *_difference(only_model, only_baseline, p_value),
        ],
        evidence={"accuracy": right / images, "baseline": baseline, "images": images, "p_value": p_value},
        next=remedies.offered(case.spec, _candidates(case)),
    )


def _title(gain: int, commonest: str) -> str:
    if gain > 0:
        return f"Not shown to be better than always predicting {commonest}"
    return f"No better than always predicting {commonest}"


def _difference(only_model: int, only_baseline: int, p_value: float) -> list[str]:
    """Returns the images that only one of the two gets right, with McNemar's exact one-sided test."""
    if not only_model + only_baseline:
        return ["Both are right on exactly the same images."]
    counts = f"Only the network is right on {only_model:,}, only that answer on {only_baseline:,}"
    if only_model > only_baseline:
        return [f"{counts}: that much may be chance ({mcnemar.in_words(p_value)})."]
    return [f"{counts}."]


def _candidates(case: Case) -> tuple[NextRun | None, ...]:
    spec = case.spec
    return (remedies.balanced_weights(case), remedies.epochs(spec, 2), remedies.learning_rate(spec, 0.3))
