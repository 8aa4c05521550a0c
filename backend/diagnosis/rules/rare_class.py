"""A class with so few validation images that its figures mean little."""

from backend.analysis.statistics.intervals import FEW_IMAGES, wilson
from backend.analysis.statistics.macro_f1 import macro_f1, macro_f1_interval
from backend.datasets.splits import share_size
from backend.diagnosis import remedies
from backend.diagnosis.case import Case, Matrix
from backend.diagnosis.finding import Finding, NextRun
from backend.phrases import counted, percent

FRACTION = 0.2


def rare_class(case: Case) -> Finding | None:
    if case.ended_by is None or case.matrix is None or case.best_epoch is None or not case.matrix.sum():
        return None
    supports = case.matrix.sum(axis=1)
    rarest = int(supports.argmin())
    if supports[rarest] >= FEW_IMAGES:
        return None
    low, high = macro_f1_interval(case.matrix)
    score, accuracy = macro_f1(case.matrix), case.matrix.trace() / case.matrix.sum()
    return Finding(
        kind="rare_class",
        title=f"{case.classes[rarest]} has {counted(int(supports[rarest]), 'validation image')}",
        since_epoch=case.best_epoch,
        reasons=[
            _recall(case.matrix, rarest),
            f"Macro F1, in which each class counts the same, is {score:.3f} and lies between {low:.3f} and {high:.3f} "
            f"(95 %); the accuracy is {percent(accuracy)}.",
            *_others(int((supports < FEW_IMAGES).sum()) - 1),
        ],
        evidence={
            "images": int(supports[rarest]),
            "classes": int((supports < FEW_IMAGES).sum()),
            "macro_f1": score,
            "low": low,
            "high": high,
            "accuracy": float(accuracy),
        },
        next=remedies.offered(case.spec, (remedies.balanced_weights(case), _larger_part(case, int(supports[rarest])))),
    )


def _recall(matrix: Matrix, rarest: int) -> str:
    right, support = int(matrix[rarest, rarest]), int(matrix[rarest].sum())
    if not support:
        return "Nothing is known of how often it is recognized; where it is predicted, its F1 of 0 counts in macro F1."
    low, high = wilson(right, support)
    share = f"{right} of {support} right is a recall of {percent(right / support, 0)}"
    return f"{share}, known to lie between {percent(low, 0)} and {percent(high, 0)} only (95 %)."


def _others(classes: int) -> list[str]:
    if not classes:
        return []
    words = "One more class has" if classes == 1 else f"{classes:,} more classes have"
    return [f"{words} fewer than {FEW_IMAGES}."]


def _larger_part(case: Case, images: int) -> NextRun | None:
    """Returns None where a part of the training images would not have more of the rarest class."""
    if not case.class_images or share_size(min(case.class_images), FRACTION) <= images:
        return None
    changes = {"dataset.validation": {"from": "train", "fraction": FRACTION}}
    return NextRun(f"Validate on {percent(FRACTION, 0)} of the training images", changes)
